import { describe, expect, it } from 'vitest';
import { arithmeticOf, measuredRoofline, missingProbe, rooflineShare } from './summary.ts';
import { KERNEL_ID, sampleRow, sampleSession } from './testdata/sample-file.ts';

const probe = (id: string, work: { flops: number; bytes: number; arithmetic?: string }) =>
  sampleRow(id, [1], { cost: work });
const STREAM = probe('kernel/stream/read:bytes=1000', { flops: 0, bytes: 1 });
const F32 = probe('kernel/fma/vec4:type=f32', { flops: 100, bytes: 0.001, arithmetic: 'f32' });
const F16 = probe('kernel/fma/vec4:type=f16', { flops: 200, bytes: 0.001, arithmetic: 'f16' });
const roofOf = (...rows: Parameters<typeof sampleSession>[0]) => measuredRoofline(sampleSession(rows));

describe('measuredRoofline', () => {
  it('keeps a compute roof for each arithmetic, the best of its probes; unmarked rows are f32', () => {
    const old = probe('kernel/fma/vec4:threads=9', { flops: 150, bytes: 0.001 });
    expect(arithmeticOf(old)).toBe('f32');
    expect(roofOf(STREAM, F32, F16, old)).toEqual({
      bytesPerSecond: 1e9,
      flopsPerSecond: 1.5e11,
      compute: { f32: 1.5e11, f16: 2e11 },
    });
  });

  it('takes bandwidth from reading the largest source, whatever a copy or a smaller one gives', () => {
    const small = probe('kernel/stream/read:bytes=10', { flops: 0, bytes: 9 });
    const copy = probe('kernel/stream/copy:bytes=5000', { flops: 0, bytes: 7 });
    expect(roofOf(STREAM, small, copy).bytesPerSecond).toBe(1e9);
    expect(roofOf(copy).bytesPerSecond).toBe(7e9);
  });
});

describe('rooflineShare and missingProbe', () => {
  const half = (arithmetic: string) => sampleRow(KERNEL_ID, [2], { cost: { flops: 100, bytes: 0.1, arithmetic } });
  it('hold a row to the roof of its own arithmetic', () => {
    const roof = roofOf(STREAM, F32, F16);
    expect(rooflineShare(half('f32'), roof)).toEqual({ share: 0.5, bound: 'compute', arithmetic: 'f32' });
    expect(rooflineShare(half('f16'), roof)).toEqual({ share: 0.25, bound: 'compute', arithmetic: 'f16' });
    expect(missingProbe(half('f16'), roof)).toBeNull();
  });

  it('say which probe did not run instead of a percent', () => {
    expect(rooflineShare(half('int8'), roofOf(STREAM, F32))).toBeNull();
    expect(missingProbe(half('int8'), roofOf(STREAM, F32))).toBe('no int8 fma probe');
    expect(missingProbe(half('f32'), roofOf())).toBe('no stream, no f32 fma probe');
  });

  it('have nothing to say of a row that was not timed', () => {
    expect(missingProbe(sampleRow(KERNEL_ID, [], { state: 'skipped' }), roofOf())).toBeNull();
    expect(
      missingProbe(sampleRow('peer/x/matmul', [1], { kind: 'peer', cost: { flops: 1, bytes: 1 } }), roofOf()),
    ).toBeNull();
  });
});
