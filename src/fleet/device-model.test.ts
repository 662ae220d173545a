import { describe, expect, it } from 'vitest';
import { buildDevice, type DevicePart } from './device-model.ts';
import { PROBES, syntheticResult, syntheticRow } from './synthetic-result.ts';

function device(...sessions: Parameters<typeof syntheticResult>[0]): DevicePart {
  const part = buildDevice(syntheticResult(sessions));
  if ('missing' in part) throw new Error(part.missing);
  return part;
}

describe('buildDevice', () => {
  it('reads bandwidth from the longest stream, peak from fma, overhead from the shortest stream', () => {
    const { probes } = device([...PROBES, syntheticRow({ id: 'kernel/gemv/naive', ns: 1e9, flops: 1, bytes: 1e9 })]);
    expect(probes.bytesPerSecond).toBe(1e9);
    expect(probes.bandwidthFrom).toBe('kernel/stream/read:bytes=1000000000');
    expect(probes.flopsPerSecond).toBe(2e9);
    expect(probes.overheadNs).toBeCloseTo(1e6, 6);
  });

  it('finds the residuals put in by hand', () => {
    const rows = [
      // 4 GB and 2 GFLOP: 4 s and 1 s; took 4.001 s, which is max plus one dispatch.
      syntheticRow({ id: 'kernel/gemv/naive:m=1', ns: 4.001e9, flops: 2e9, bytes: 4e9 }),
      // 1 GB and 8 GFLOP: 1 s and 4 s; took 1.5 × 4.001 s.
      syntheticRow({ id: 'kernel/matmul/tiled:m=1', ns: 6.0015e9, flops: 8e9, bytes: 1e9 }),
      // 2 s of bytes, 100 dispatches of 1 ms.
      syntheticRow({ id: 'model/ort-webgpu/tiny:new=8', ns: 2.1e9, flops: 0, bytes: 2e9, dispatches: 100 }),
    ];
    const part = device([...PROBES, ...rows]);
    expect(part.rows.map((row) => row.ratio)).toEqual([
      expect.closeTo(1, 9),
      expect.closeTo(1.5, 9),
      expect.closeTo(1, 9),
    ]);
    expect(part.rows.map((row) => row.bound)).toEqual(['bytes', 'flops', 'bytes']);
    expect(part.fastest.medianAbsLogRatio).toBeCloseTo(0, 9);
    expect(part.rows.every((row) => !row.sealed)).toBe(true);
    expect(part.seal.text).toContain('Nothing was sealed');
  });

  it('judges by the fastest variant of equal work, and says so per row', () => {
    const part = device([
      ...PROBES,
      syntheticRow({ id: 'kernel/matmul/naive:m=8', ns: 9e9, flops: 2e9, bytes: 1 }),
      syntheticRow({ id: 'kernel/matmul/tiled:m=8', ns: 1.001e9, flops: 2e9, bytes: 1 }),
      syntheticRow({ id: 'kernel/matmul/other:m=8', ns: 5e9, flops: 4e9, bytes: 1 }),
    ]);
    expect(part.rows.map((row) => row.fastest)).toEqual([false, true, true]);
    expect(part.fastest.rows).toBe(2);
    expect(part.allRows.rows).toBe(3);
  });

  it('takes the median of the sessions, over sessions whose row passed', () => {
    const id = 'kernel/gemv/naive:m=1';
    const at = (ns: number, state: 'passed' | 'failed') =>
      syntheticRow({
        id,
        ns,
        flops: 1,
        bytes: 1e9,
        change: { verification: { state, rule: '', checked: 1, total: 1, figures: {} } },
      });
    const part = device([...PROBES, at(2e9, 'passed')], [at(9e9, 'failed')], [at(4e9, 'passed')]);
    expect(part.rows[0]?.measuredNs).toBe(3e9);
  });

  it('leaves rows out with the reason', () => {
    const base = { ns: 1e9, flops: 1, bytes: 1e9 };
    const unverified = { state: 'failed', rule: '', checked: 1, total: 1, figures: {} } as const;
    const part = device([
      ...PROBES,
      syntheticRow({ id: 'kernel/gemv/good', ...base }),
      syntheticRow({ id: 'kernel/gemv/skipped', ...base, change: { state: 'skipped', reason: 'no f16' } }),
      syntheticRow({ id: 'kernel/gemv/wrong', ...base, change: { verification: unverified } }),
      syntheticRow({ id: 'kernel/gemv/uncounted', ns: 1, flops: 0, bytes: 0 }),
      syntheticRow({ id: 'kernel/gemv/untimed', ...base, change: { metrics: [] } }),
      syntheticRow({ id: 'model/ort-wasm/tiny:new=8', ...base }),
      syntheticRow({ id: 'file/wllama/tiny:new=8', ...base }),
      syntheticRow({ id: 'model/file', ...base, change: { kind: 'model' } }),
    ]);
    expect(part.rows.map((row) => row.id)).toEqual(['kernel/gemv/good']);
    expect(part.leftOut).toEqual([
      { id: 'kernel/gemv/skipped', reason: 'skipped: no f16' },
      { id: 'kernel/gemv/wrong', reason: 'its output was not verified' },
      { id: 'kernel/gemv/uncounted', reason: 'no counted work' },
      { id: 'kernel/gemv/untimed', reason: 'no time' },
      { id: 'model/ort-wasm/tiny:new=8', reason: 'ran on wasm, not on this GPU' },
      { id: 'file/wllama/tiny:new=8', reason: 'ran on wasm, not on this GPU' },
      { id: 'model/file', reason: 'a model row has no counted work' },
    ]);
  });

  it('takes the overhead as 0, and says so, without a small probe', () => {
    const row = syntheticRow({ id: 'kernel/gemv/naive', ns: 1e9, flops: 1, bytes: 1e9 });
    const { probes } = device([...PROBES.slice(1), row]);
    // The 10 MB probe is just a hundred times smaller; without it nothing is.
    expect(probes.overheadFrom).toBe('kernel/stream/read:bytes=10000000');
    const [, long, , fma] = PROBES;
    expect(device([long!, fma!, row]).probes).toMatchObject({ overheadNs: 0, overheadFrom: null });
  });

  it('says which probe is missing', () => {
    const [, long, , fma] = PROBES;
    const row = syntheticRow({ id: 'kernel/gemv/naive', ns: 1e9, flops: 1, bytes: 1e9 });
    expect(buildDevice(syntheticResult([[fma!, row]]))).toEqual({
      missing: expect.stringContaining('kernel/stream/*'),
    });
    expect(buildDevice(syntheticResult([[long!, row]]))).toEqual({ missing: expect.stringContaining('kernel/fma/*') });
    expect(buildDevice(syntheticResult([[...PROBES]]))).toEqual({
      missing: expect.stringContaining('nothing to predict'),
    });
    expect(buildDevice(syntheticResult([]))).toEqual({ missing: expect.stringContaining('kernel/stream/*') });
  });
});

describe('sealed predictions', () => {
  const rows = [
    ...PROBES,
    { ...syntheticRow({ id: 'kernel/gemv/naive:m=1', ns: 4e9, flops: 2e9, bytes: 4e9 }), startedMs: 500 },
    { ...syntheticRow({ id: 'kernel/gemv/tiled:m=2', ns: 2e9, flops: 2e9, bytes: 4e9 }), startedMs: 90 },
  ];
  const sealedAt = (atMs: number) => {
    const file = syntheticResult([rows]);
    const sealed = {
      atMs,
      rates: { bytesPerSecond: 1e9, flopsPerSecond: 2e9, overheadNs: 0 },
      predictedNs: { 'kernel/gemv/naive:m=1': 8e9, 'kernel/gemv/tiled:m=2': 8e9 },
      sha256: 'abcdef0123456789abcdef',
    };
    return buildDevice({ ...file, sessions: file.sessions.map((session) => ({ ...session, sealed })) }) as DevicePart;
  };

  it('stand as they were sealed, for rows that began after', () => {
    const part = sealedAt(100);
    const [naive, tiled] = part.rows;
    expect(naive).toMatchObject({ sealed: true, predictedNs: 8e9, ratio: 0.5 });
    // Began before the seal: predicted from the file, and said so.
    expect(tiled!.sealed).toBe(false);
    expect(part.seal.text).toContain('before 1 of the cases ran (SHA-256 abcdef0123456789…)');
    expect(part.seal.text).toContain('1 began before it');
  });
});
