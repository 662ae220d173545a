import { afterAll, beforeAll, expect, it } from 'vitest';
import { capsOf } from '../../src/gpu/device.ts';
import { openKernel } from '../../src/gpu/kernel-executor.ts';
import { type OpenedDawn, openDawn } from '../../src/native/dawn.ts';
import { describeOnGpu } from '../common/gpu.test-support.ts';
import { withInputs } from '../common/plan-inputs.ts';
import { sampling } from './sampling.ts';

const ARGMAX = ['argmax-naive', 'argmax-lanes', 'argmax'];

describeOnGpu(sampling, [
  { variants: ARGMAX, params: { rows: 1, vocab: 1 } },
  { variants: ARGMAX, params: { rows: 5, vocab: 4097 }, workgroupLimit: 4 },
  { variants: ['argmax'], params: { rows: 3, vocab: 1301, chunk: 256 } },
  // All equal: the first of the first chunk.
  { variants: ['argmax'], params: { rows: 1, vocab: 1301, chunk: 256 }, inputs: { logits: new Float32Array(1301) } },
  { variants: ['argmax-lanes'], params: { rows: 3, vocab: 1301, chunk: 128 }, workgroupLimit: 8 },
  {
    variants: ['argmax-lanes'],
    params: { rows: 1, vocab: 301, chunk: 128 },
    inputs: { logits: new Float32Array(301) },
  },
  { variants: ['top-k'], params: { rows: 1, vocab: 1, k: 1 } },
  {
    variants: ['top-k'],
    params: { rows: 7, vocab: 5003, k: 50, p: 0.9, temperature: 0.7, seed: 3, step: 9 },
    workgroupLimit: 4,
  },
  // The last chunk holds fewer tokens than k, and the k-th best is one of many equals.
  { variants: ['top-k'], params: { rows: 9, vocab: 4100, k: 256, p: 0.5, temperature: 30 } },
  { variants: ['top-k'], params: { rows: 4, vocab: 1301, k: 7, chunk: 256 } },
  { variants: ['top-p'], params: { rows: 1, vocab: 1, p: 0.5 } },
  {
    variants: ['top-p'],
    params: { rows: 7, vocab: 5003, p: 0.9, temperature: 0.7, seed: 3, step: 9 },
    workgroupLimit: 8,
  },
  // A cut among many equals, over several chunks; none.
  { variants: ['top-p'], params: { rows: 9, vocab: 4100, p: 0.5, temperature: 30, chunk: 1024 } },
  { variants: ['top-p'], params: { rows: 9, vocab: 4100, p: 1 } },
  // Three values in turn: the cut leaves out ties in the midst of a thread's run.
  {
    variants: ['top-p'],
    params: { rows: 200, vocab: 67, p: 0.5, temperature: 30, chunk: 1024 },
    inputs: { logits: Float32Array.from({ length: 200 * 67 }, (_, i) => (i * 7) % 3) },
  },
]);

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

it.each([
  ['argmax', {}],
  ['argmax-naive', {}],
  ['argmax-lanes', {}],
  ['top-k', { k: 3 }],
  ['top-p', { p: 0.7 }],
  ['top-p', { p: 1 }],
])('%s %j: NaN, infinities, zeros of both signs, denormals', async (name, more) => {
  const rows = [
    [Number.NaN, -Infinity, -80, -81],
    [1, Infinity, Infinity, 3],
    [-0, 0, -0, 0],
    [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
    [-Infinity, -Infinity, Number.NaN, -Infinity],
    [1e-45, -1e-45, 2e-45, 0],
    [-3e38, 3e38, 3e38, -3e38],
  ];
  const plan = sampling.variants
    .find((item) => item.name === name)!
    .plan({ rows: rows.length, vocab: 4, ...more }, capsOf(opened.device));
  const run = await openKernel(opened.device, withInputs(plan, { logits: Float32Array.from(rows.flat()) }), {
    seed: 1,
    id: `kernel/sampling/${name}`,
  });
  try {
    const outcome = await run.verify(10);
    expect(outcome.detail).toBeUndefined();
  } finally {
    run.close();
  }
});
