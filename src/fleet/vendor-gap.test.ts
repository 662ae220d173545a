import { describe, expect, it } from 'vitest';
import type { ResultFile } from '../results/schema.ts';
import { calibrate } from './serving/calibrate.ts';
import { measuredPoints } from './serving/points.ts';
import { PROBES, syntheticResult, syntheticRow } from './synthetic-result.ts';
import { vendorGap } from './vendor-gap.ts';

const calibration = calibrate(measuredPoints());
const rows = [
  ...PROBES,
  syntheticRow({ id: 'kernel/matmul/register:m=1', ns: 1e9, flops: 5e9, bytes: 1 }),
  syntheticRow({ id: 'model/wgsl/tiny:new=8', ns: 1e7, flops: 1e6, bytes: 1e6 }),
];

function on(description: string, isSoftware = false): ResultFile {
  const file = syntheticResult([rows], isSoftware);
  const adapter = { ...file.environment.adapter, description };
  return { ...file, environment: { ...file.environment, adapter } };
}

describe('vendorGap', () => {
  it('sets WGSL beside the calibrated shares of the same chip', () => {
    const gap = vendorGap(on('NVIDIA H100 80GB HBM3'), calibration)!;
    expect(gap.chip).toBe('H100 SXM');
    expect(gap.publishedRuns).toBeGreaterThan(50);
    const [bandwidth, arithmetic, token] = gap.gaps;
    // Probes of 1 GB/s and a matmul of 5 GFLOP/s, put in by hand.
    expect(bandwidth).toMatchObject({ specification: 3350e9, wgsl: 1e9 });
    expect(bandwidth!.factor).toBeCloseTo(calibration.parameters.memory * 3350, 6);
    expect(arithmetic).toMatchObject({ specification: 989e12, wgsl: 5e9, from: 'kernel/matmul/register:m=1' });
    // A token of a megabyte is all overhead of a step.
    expect(token!.wgsl).toBe(1e7);
    expect(token!.vendorStack / (calibration.parameters.step * 1e9)).toBeCloseTo(1, 2);
  });

  it('says nothing of consumer cards, unknown names, software and runs without probes', () => {
    expect(vendorGap(on('NVIDIA GeForce RTX 4090'), calibration)).toBeNull();
    expect(vendorGap(on('Example GPU'), calibration)).toBeNull();
    expect(vendorGap(on('NVIDIA H100 80GB HBM3', true), calibration)).toBeNull();
    const file = on('NVIDIA H100 80GB HBM3');
    expect(vendorGap({ ...file, sessions: [] }, calibration)).toBeNull();
  });
});
