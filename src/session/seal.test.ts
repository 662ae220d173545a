import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { PROBES, syntheticResult } from '../fleet/synthetic-result.ts';
import type { Session } from '../results/schema.ts';
import { sealRest } from './seal.ts';

const session = syntheticResult([[...PROBES]]).sessions[0] as Session;
const gemv = { id: 'kernel/gemv/naive:m=1', work: () => ({ bytes: 4e9, flops: 2e9, dispatches: 1 }) };
const unknown = { id: 'model/ort-wasm/tiny', work: () => null };

describe('sealRest', () => {
  it('predicts from the probes what is still to come: the roofline and the dispatches', async () => {
    const sealed = (await sealRest(session, [gemv, unknown, { id: 'peer/x' }], 12))!;
    // 1 GB/s, 2 GFLOP/s and 1 ms a dispatch: 4 s of bytes, 1 s of flops.
    expect(sealed.predictedNs).toEqual({ 'kernel/gemv/naive:m=1': expect.closeTo(4.001e9, 0) });
    expect(sealed.atMs).toBe(12);
    const { sha256, ...rest } = sealed;
    expect(createHash('sha256').update(JSON.stringify(rest)).digest('hex')).toBe(sha256);
  });

  it('waits for the last probe, and seals nothing without probes or counted work', async () => {
    expect(await sealRest(session, [{ id: 'kernel/stream/copy:bytes=1' }, gemv], 1)).toBeNull();
    expect(await sealRest({ ...session, rows: [] }, [gemv], 1)).toBeNull();
    expect(await sealRest(session, [unknown], 1)).toBeNull();
  });
});
