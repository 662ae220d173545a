import { describe, expect, it } from 'vitest';
import { KERNEL_ID, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { rooflineChart } from './roofline-chart.ts';

const PROBES = [
  sampleRow('kernel/stream/read:bytes=4', [1], { cost: { flops: 0, bytes: 1 } }),
  sampleRow('kernel/fma/vec4', [1], { cost: { flops: 100, bytes: 0.001 } }),
];
const kernel = (id: string, ns: number) => sampleRow(id, [ns], { cost: { flops: 1000, bytes: 10 } });

describe('rooflineChart', () => {
  it('puts every checked kernel under the roofs and names the best of each family', () => {
    const spec = rooflineChart(
      sampleSession([
        ...PROBES,
        kernel('kernel/matmul/naive', 40),
        kernel('kernel/matmul/tiled', 20),
        kernel('kernel/gemv/naive', 100),
        sampleRow('kernel/rope/naive', [1], { state: 'failed' }),
      ]),
    )!;
    expect([spec.bytesPerSecond, spec.flopsPerSecond]).toEqual([1e9, 1e11]);
    expect(spec.points.map(({ id, named }) => [id, named])).toEqual([
      ['kernel/matmul/naive', false],
      ['kernel/matmul/tiled', true],
      ['kernel/gemv/naive', true],
    ]);
    expect(spec.points[1]).toMatchObject({ intensity: 100, flopsPerSecond: 5e10, share: 0.5 });
    expect(spec.summary).toContain('matmul tiled comes nearest with 50 %');
    expect(spec.summary).toContain('1 not checked, without flops or without a probe of its arithmetic, is left out');
  });

  it('holds a point to the roof of its own arithmetic, which is drawn too', () => {
    const f16 = sampleRow('kernel/fma/vec4:type=f16', [1], { cost: { flops: 200, bytes: 0.001, arithmetic: 'f16' } });
    const half = sampleRow('kernel/matmul/half', [20], { cost: { flops: 1000, bytes: 1, arithmetic: 'f16' } });
    const int8 = sampleRow('kernel/matmul/dot', [20], { cost: { flops: 1000, bytes: 10, arithmetic: 'int8' } });
    const spec = rooflineChart(sampleSession([...PROBES, f16, half, int8]))!;
    expect(spec.otherRoofs).toEqual([{ label: 'f16', flopsPerSecond: 2e11 }]);
    expect(spec.points).toHaveLength(1);
    expect(spec.points[0]).toMatchObject({ share: 0.25, tip: expect.stringContaining('25 % of the f16 compute roof') });
    expect(spec.summary).toContain('1 not checked, without flops or without a probe of its arithmetic, is left out');
  });

  it('calls none above the roof nearest to it', () => {
    const above = sampleRow('kernel/rope/vec4', [5], { cost: { flops: 10, bytes: 10 } });
    const { summary } = rooflineChart(sampleSession([...PROBES, above, kernel('kernel/matmul/naive', 40)]))!;
    expect(summary).toContain('matmul naive comes nearest with 25 %. 1 kernel stands above the roof');
  });

  it('is absent without both roofs or without a kernel', () => {
    expect(rooflineChart(sampleSession([kernel(KERNEL_ID, 10)]))).toBeNull();
    expect(rooflineChart(sampleSession(PROBES))).toBeNull();
  });
});
