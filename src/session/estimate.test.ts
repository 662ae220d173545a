import { describe, expect, it } from 'vitest';
import type { MeasurePlan } from '../bench/measure.ts';
import type { Row } from '../results/schema.ts';
import { kernelSeconds, operationSeconds, speedsOf } from './estimate.ts';

function row(id: string, cost: { flops: number; bytes: number }, medianNs: number): Row {
  const time = { name: 'time', definition: 'd', unit: 'ns', better: 'lower', estimator: 'timestamp' } as const;
  const metric = { ...time, opsPerSample: 1, samples: [medianNs], warmup: [], excluded: [] };
  return {
    id,
    kind: 'kernel',
    state: 'ok',
    startedMs: 0,
    durationMs: 0,
    metrics: [metric],
    cost,
    facts: {},
    warnings: [],
  };
}
const plan: MeasurePlan = {
  timer: { kind: 'timestamp', quantumNs: 1, completionNs: 0 },
  minBatchNs: 1e7,
  sampleNs: 1e9,
  warmupNs: 1e9,
  minSamples: 10,
  maxSamples: 60,
  precision: 0.005,
};

describe('speedsOf', () => {
  it('guesses before the probes and believes them after', () => {
    expect(speedsOf([], true).flopsPerSecond).toBeLessThan(speedsOf([], false).flopsPerSecond);
    const rows = [
      row('kernel/stream/read:bytes=2000000', { flops: 0, bytes: 2e6 }, 2e5),
      row('kernel/fma/vec4:n=1', { flops: 5000, bytes: 4 }, 100),
    ];
    expect(speedsOf(rows, true)).toEqual({ bytesPerSecond: 1e10, flopsPerSecond: 5e10 });
  });
  it('takes no bandwidth from a read of a few bytes', () => {
    const rows = [row('kernel/stream/read:bytes=4096', { flops: 0, bytes: 5120 }, 180_000)];
    expect(speedsOf(rows, true)).toEqual(speedsOf([], true));
  });
});

describe('operationSeconds', () => {
  const speeds = { bytesPerSecond: 1e9, flopsPerSecond: 1e9 };
  it('assumes a small share of the roof for an unknown kernel, all of it for a probe', () => {
    expect(operationSeconds('kernel/matmul/naive', { flops: 1e9, bytes: 1e6 }, [], speeds)).toBeCloseTo(1 / 0.15, 9);
    expect(operationSeconds('kernel/fma/vec4', { flops: 1e9, bytes: 1e6 }, [], speeds)).toBe(1);
  });
  it('scales an earlier row of the same kernel by work', () => {
    const rows = [row('kernel/matmul/naive:m=64', { flops: 1e6, bytes: 1e4 }, 2e6)];
    expect(operationSeconds('kernel/matmul/naive', { flops: 8e6, bytes: 4e4 }, rows, speeds)).toBeCloseTo(0.016, 12);
    expect(operationSeconds('kernel/matmul/tiled', { flops: 8e6, bytes: 4e4 }, rows, speeds)).toBeCloseTo(
      0.008 / 0.15,
      12,
    );
  });
});

it('a probe of a few bytes says nothing of one of many: the large ones run however slow the small one was', () => {
  const rows = [row('kernel/stream/read:bytes=4096', { flops: 0, bytes: 5120 }, 180_000)];
  const seconds = operationSeconds('kernel/stream/read', { flops: 0, bytes: 2 ** 28 }, rows, speedsOf(rows, true));
  expect(seconds).toBeLessThan(0.5);
});

it('kernelSeconds counts inputs, check, warm-up and samples', () => {
  expect(kernelSeconds(1, 2e8, 1, plan)).toBeCloseTo(0.5 + 1 + 1 + 5 + 10, 9);
  expect(kernelSeconds(1e-6, 0, 0, plan)).toBeCloseTo(0.5 + 0.05 + 0.6, 9);
});
