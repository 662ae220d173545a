import type { Params } from '../../src/core/case-id.ts';
import { describeOnGpu } from '../common/gpu.test-support.ts';
import { gemv } from './gemv.ts';

const ALL = ['naive', 'workgroup', 'subgroup', 'units'];
const PACKED = ['f16', 'int8', 'int4'] as const;

describeOnGpu(gemv, [
  { variants: ALL, params: { n: 1, k: 1 } },
  { variants: ALL, params: { n: 3, k: 7 } },
  { variants: ALL, params: { n: 64, k: 512 } },
  // Primes; a row shorter and a row longer than one pass of the workgroup's threads.
  { variants: ALL, params: { n: 131, k: 61 } },
  { variants: ALL, params: { n: 37, k: 2053 } },
  { variants: ALL, params: { n: 5, k: 4096 } },
  { variants: ALL, params: { n: 1021, k: 12 }, workgroupLimit: 17 },
  // Every type: one weight, part of a chunk, whole blocks and a part of one, primes.
  ...PACKED.flatMap((type) =>
    [
      { n: 1, k: 1 },
      { n: 3, k: 7 },
      { n: 64, k: 512 },
      { n: 131, k: 61 },
      { n: 37, k: 2053 },
    ].map((shape) => ({ variants: ['units'], params: { ...shape, type } })),
  ),
  // Several rows of x; forms of a unit: alone, half a subgroup, eight rows of W.
  ...[2, 3, 5, 8].map((m) => ({ variants: ['units'], params: { m, n: 37, k: 61, type: 'int4' } })),
  { variants: ['units'], params: { m: 8, n: 37, k: 61 } },
  ...([{ lanes: 1 }, { lanes: 2 }, { lanes: 4, rows: 8 }, { threads: 32 }] as Params[]).flatMap((point) =>
    (['f32', 'int4'] as const).map((type) => ({ variants: ['units'], params: { n: 37, k: 261, type, ...point } })),
  ),
  // More workgroups than one dimension takes: rows of one block each.
  { variants: ['units'], params: { n: 264_001, k: 4, lanes: 4, threads: 4 } },
]);
