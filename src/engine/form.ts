// How many threads work together on this device: the choices that depend on the adapter and not on the model.
import type { LaneFacts } from '../../kernels/common/lanes.ts';
import type { DeviceCaps } from '../../kernels/family.ts';

export interface DeviceForm extends LaneFacts {
  /** Threads that share a row of weights: at most the smallest subgroup there may be. */
  readonly lanes: number;
  /** Threads a workgroup of a product. */
  readonly threads: number;
  /** Fours of rows of weights a thread works on at once. */
  readonly fours: 1 | 2;
  /** What feeds the tiles of a product of many rows. */
  readonly tiles: 'memory' | 'broadcast' | 'caches';
  /** Threads a workgroup of attention; at least those that share a key. */
  readonly attendThreads: number;
  /** Keys a workgroup of attention takes at most. */
  readonly split: number;
  /** Threads that search one sequence's logits for the largest, and for a draw: powers of two. */
  readonly argmaxThreads: number;
  readonly sampleThreads: number;
  /** Tokens of a prompt in the first submit, before any was timed. */
  readonly firstChunk: number;
}

/**
 * The form for an adapter. A CPU rasteriser has few threads and dear barriers: there a workgroup is a few subgroups, one of
 * attention a single one, and nothing is divided that must be merged again. Measured on SwiftShader: eight rows of weights a
 * subgroup are a fifth faster than four.
 */
export function formFor(caps: DeviceCaps, software: boolean): DeviceForm {
  const subgroups = caps.features.has('subgroups');
  const { subgroupMinSize, subgroupMaxSize } = caps;
  const shared = {
    subgroups,
    fixedSubgroup: subgroups && subgroupMinSize === subgroupMaxSize ? subgroupMinSize : 0,
    lanes: subgroups ? Math.min(32, subgroupMinSize) : 16,
  };
  if (!software) {
    return {
      ...shared,
      ...{ threads: 128, fours: 1, tiles: 'memory', attendThreads: 128, split: 128 },
      ...{ argmaxThreads: 256, sampleThreads: 128, firstChunk: 64 },
    };
  }
  return {
    ...shared,
    ...{ threads: 32, fours: 2, tiles: subgroups ? 'broadcast' : 'caches' },
    ...{ attendThreads: 1, split: 2 ** 20, argmaxThreads: 16, sampleThreads: 16, firstChunk: 16 },
  };
}
