import { describe, expect, it } from 'vitest';
import { guaranteedCaps } from '../common/test-caps.test-support.ts';
import { partialSums, stream } from './stream.ts';

const variantOf = (name: string) => stream.variants.find((item) => item.name === name)!;
const MIB = 2 ** 20;
const DEFAULT = { width: 16, perThread: 16 };

describe('cost', () => {
  it('read: the source once, and a sum per thread', () => {
    const plan = variantOf('read').plan({ bytes: MIB }, guaranteedCaps());
    // 64 KiB a workgroup: 16 of them, 4096 threads.
    expect(plan.dispatches[0]!.workgroups).toEqual([16, 1, 1]);
    expect(plan.bytes).toBe(MIB + 4 * 4096);
    expect(plan.flops).toBe(MIB / 4);
    expect(plan.checks[0]!.length).toBe(4096);
  });
  it('copy: the source once and the destination once', () => {
    const plan = variantOf('copy').plan({ bytes: MIB + 16 }, guaranteedCaps());
    expect(plan.dispatches[0]!.workgroups).toEqual([17, 1, 1]);
    expect(plan.bytes).toBe(2 * MIB + 32);
    expect(plan.flops).toBe(0);
  });
});

describe('partialSums', () => {
  it('adds every 256th vec4f of a workgroup’s block', () => {
    // Element j is 1 in vec4f number 256·i + 3 of the first block, so thread 3 sees 16 of them and no other thread any.
    const source = new Float32Array(2 * 16384);
    for (let i = 0; i < 16; i++) source.fill(1, 4 * (256 * i + 3), 4 * (256 * i + 3) + 4);
    expect(Array.from(partialSums(source, DEFAULT, Uint32Array.of(2, 3, 4, 256 + 3)))).toEqual([0, 64, 0, 0]);
  });
  it('covers every element exactly once', () => {
    const source = Float32Array.from({ length: 20000 }, (_, i) => i % 7);
    const threads = Math.ceil(20000 / 16384) * 256;
    const sums = partialSums(
      source,
      DEFAULT,
      Uint32Array.from({ length: threads }, (_, i) => i),
    );
    expect(sums.reduce((a, b) => a + b)).toBe(source.reduce((a, b) => a + b));
  });
});

describe('tuning', () => {
  it('a narrow load covers the same floats in the same order', () => {
    const source = Float32Array.from({ length: 40000 }, (_, i) => i % 11);
    const total = source.reduce((a, b) => a + b);
    for (const point of [
      { width: 4, perThread: 64 },
      { width: 8, perThread: 32 },
    ]) {
      const threads = Math.ceil(40000 / 16384) * 256;
      const sums = partialSums(
        source,
        point,
        Uint32Array.from({ length: threads }, (_, i) => i),
      );
      expect(sums.reduce((a, b) => a + b)).toBe(total);
    }
    expect(Array.from(partialSums(source, { width: 4, perThread: 2 }, Uint32Array.of(1)))).toEqual([1 + (257 % 11)]);
  });
  it('keeps the default first, and leaves the overhead probe alone', () => {
    expect(variantOf('read').tuning!({ bytes: 16 * MIB }, guaranteedCaps())[0]).toEqual({});
    expect(variantOf('read').tuning!({ bytes: 4096 }, guaranteedCaps())).toEqual([{}]);
  });
  it('has as many loads in the text as are in flight', () => {
    const { source } = variantOf('read').plan({ bytes: MIB, flight: 8 }, guaranteedCaps()).dispatches[0]!.shader;
    expect(source.match(/= load\(at/g)).toHaveLength(8);
  });
});

describe('refusals', () => {
  it.each([
    [{ bytes: 8 }, /bytes=8 must be a multiple of 16 from 16/],
    [{ bytes: 24 }, /bytes=24 must be a multiple of 16/],
    [{}, /'bytes' is missing/],
    [{ bytes: 16, n: 1 }, /unknown parameter 'n'/],
    [{ bytes: 48, width: 12 }, /width=12 must be 4, 8 or 16/],
    [{ bytes: 16, loads: 6 }, /loads=6 must be a multiple of flight=4/],
  ])('refuses %j', (params, message) => {
    expect(() => variantOf('read').plan(params, guaranteedCaps())).toThrow(message);
  });
  it('names the binding limit', () => {
    expect(variantOf('copy').illegal({ bytes: 256 * MIB }, guaranteedCaps())).toMatch(/'source' is 268435456 bytes/);
  });
});
