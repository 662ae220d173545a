import { it } from 'vitest';
import { parseCaseId } from '../src/core/case-id.ts';
import { capsOf } from '../src/gpu/device.ts';
import { openKernel } from '../src/gpu/kernel-executor.ts';
import { openDawn } from '../src/native/dawn.ts';
import { findVariant } from './index.ts';

const IDS = (process.env.IDS ?? '').split(' ');
it('steps', async () => {
  const opened = await openDawn();
  const caps = capsOf(opened.device);
  for (const id of IDS) {
    const { path, params } = parseCaseId(id);
    const { variant } = findVariant(path);
    const plan = variant.plan(params, caps);
    const ks = [plan, ...plan.dispatches.map((d) => ({ ...plan, dispatches: [d] }))];
    for (const [i, p] of ks.entries()) {
      const run = await openKernel(opened.device, p, { seed: 1, id });
      await run.runBatch(1);
      let best = 1e9;
      for (let r = 0; r < 8; r++) {
        const c = process.cpuUsage();
        await run.runBatch(3);
        const d = process.cpuUsage(c);
        best = Math.min(best, (d.user + d.system) / 3e3);
      }
      console.log(id, i === 0 ? 'all' : p.dispatches[0]!.shader.label.slice(0, 60), best.toFixed(2), 'ms cpu');
      run.close();
    }
  }
});
