import { expect, it } from 'vitest';
import { planKernel } from '../../kernels/index.ts';
import { openDawn } from '../native/dawn.ts';
import { capsOf } from './device.ts';
import { openKernel } from './kernel-executor.ts';

it('goes through copies of what rotates, and every copy gives the right answer', async () => {
  const { device, gpu } = await openDawn();
  const { plan } = planKernel('kernel/matmul/naive:m=4;n=8;k=16;type=f32', capsOf(device));
  const rotating = { ...plan, buffers: plan.buffers.map((item) => ({ ...item, rotates: item.role === 'input' })) };
  const run = await openKernel(device, rotating, { seed: 1, id: 'rotating', rotate: true });
  try {
    expect(run.copies).toBe(256);
    expect((await run.verify(1)).state).toBe('passed');
    for (let i = 0; i < 3; i++) {
      await run.runBatch(100);
      expect((await run.verifyAgain(1)).state).toBe('passed');
    }
    const still = await openKernel(device, rotating, { seed: 1, id: 'still' });
    expect(still.copies).toBe(1);
    still.close();
  } finally {
    run.close();
    device.destroy();
  }
  expect(gpu).toBeDefined();
});
