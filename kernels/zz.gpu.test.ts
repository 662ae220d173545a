import { it } from 'vitest';
import { parseCaseId } from '../src/core/case-id.ts';
import { capsOf } from '../src/gpu/device.ts';
import { openKernel } from '../src/gpu/kernel-executor.ts';
import { openDawn } from '../src/native/dawn.ts';
import { findVariant } from './index.ts';

const IDS = (process.env.IDS ?? '').split(' ');
it('times', async () => {
  const opened = await openDawn();
  const caps = capsOf(opened.device);
  const runs = [];
  for (const id of IDS) {
    const { path, params } = parseCaseId(id);
    const { variant } = findVariant(path);
    const illegal = variant.illegal(params, caps);
    if (illegal) {
      console.log(id, illegal);
      continue;
    }
    const run = await openKernel(opened.device, variant.plan(params, caps), { seed: 1, id });
    const v = await run.verify(0.3);
    await run.runBatch(1);
    runs.push({ id, run, t: [] as number[], s: v.state });
  }
  const end = Date.now() + Number(process.env.SECS ?? 20) * 1000;
  while (Date.now() < end)
    for (const r of runs) {
      const c = process.cpuUsage();
      await r.run.runBatch(Number(process.env.N ?? 3));
      const d = process.cpuUsage(c);
      r.t.push((d.user + d.system) / 1e3 / Number(process.env.N ?? 3));
    }
  for (const r of runs) {
    r.t.sort((a, b) => a - b);
    console.log(
      r.id.padEnd(80),
      r.s,
      'min',
      r.t[0]!.toFixed(2),
      'q25',
      r.t[r.t.length >> 2]!.toFixed(2),
      'med',
      r.t[r.t.length >> 1]!.toFixed(2),
      r.t.length,
    );
  }
});
