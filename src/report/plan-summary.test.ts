import { expect, it } from 'vitest';
import { planSummary } from './plan-summary.ts';

it('counts cases a kind and names each family once', () => {
  expect(
    planSummary([
      'kernel/stream/read:bytes=4',
      'kernel/matmul/naive:m=1',
      'kernel/matmul/tiled:m=1',
      'model/ort-wasm/test-4x128:prompt=1',
    ]),
  ).toEqual(['3 kernel cases: stream, matmul', '1 model case: test-4x128']);
  expect(planSummary([])).toEqual([]);
});
