import { describe, expect, it } from 'vitest';
import { inReadingOrder, isProbe, orderCases } from './case-order.ts';

const small = (path: string) => `kernel/${path}:n=1`;
const large = (path: string) => `kernel/${path}:n=2`;
const IDS = ['a/x', 'b/x', 'c/x', 'd/x', 'e/x'].flatMap((path) => [small(path), large(path)]);
const PROBES = ['kernel/stream/read:bytes=4', 'kernel/fma/vec4'];

describe('orderCases', () => {
  it('keeps every case once, probes first', () => {
    const order = orderCases([...IDS, ...PROBES], 1, 0);
    expect(order.slice(0, 2)).toEqual(PROBES);
    expect(order.toSorted()).toEqual([...IDS, ...PROBES].toSorted());
  });

  it('is the same for the same seed and session, another for another', () => {
    expect(orderCases(IDS, 1, 0)).toEqual(orderCases(IDS, 1, 0));
    expect(orderCases(IDS, 1, 1)).not.toEqual(orderCases(IDS, 1, 0));
    expect(orderCases(IDS, 2, 0)).not.toEqual(orderCases(IDS, 1, 0));
    expect(orderCases(IDS, 1, 0)).not.toEqual(IDS);
  });

  it('puts cases of different paths between each other, the smaller of one path first', () => {
    for (let session = 0; session < 20; session++) {
      const order = orderCases(IDS, 7, session);
      for (const path of ['a/x', 'e/x']) expect(order.indexOf(small(path))).toBeLessThan(order.indexOf(large(path)));
    }
    const firsts = new Set(Array.from({ length: 40 }, (_, session) => orderCases(IDS, 7, session)[0]));
    expect(firsts.size).toBe(5);
  });
});

it('inReadingOrder sorts by name, numbers by size, probes first, runtimes of one model and work together', () => {
  const ids = [
    'model/x:n=1',
    'model/wgsl/x:n=1;type=f32',
    'model/ort-wasm/x:n=1;type=int4;attention=plain',
    'model/ort-wasm/x:n=1;type=f32;attention=plain',
    'kernel/a/x:n=1024',
    'kernel/a/x:n=512',
    'kernel/fma/vec4:n=1',
    'kernel/stream/read:n=1',
    'kernel/a/b:n=9',
    'peer/theirs/x:n=2',
    'peer/ours/x:n=10',
    'peer/ours/x:n=2',
  ];
  expect(inReadingOrder(ids.map((id) => ({ id }))).map(({ id }) => id)).toEqual([
    'kernel/stream/read:n=1',
    'kernel/fma/vec4:n=1',
    'kernel/a/b:n=9',
    'kernel/a/x:n=512',
    'kernel/a/x:n=1024',
    'model/x:n=1',
    'model/ort-wasm/x:n=1;type=f32;attention=plain',
    'model/wgsl/x:n=1;type=f32',
    'model/ort-wasm/x:n=1;type=int4;attention=plain',
    'peer/ours/x:n=2',
    'peer/theirs/x:n=2',
    'peer/ours/x:n=10',
  ]);
});

it('tells probes from kernels', () => {
  expect(['kernel/stream/read:bytes=4', 'kernel/fma/vec4', 'kernel/matmul/naive'].map(isProbe)).toEqual([
    true,
    true,
    false,
  ]);
});
