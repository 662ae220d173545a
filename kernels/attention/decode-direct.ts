// Geometry of decode-direct-weights.wgsl and decode-direct-mix.wgsl: two dispatches of independent threads.
import type { Params } from '../../src/core/case-id.ts';
import { cellAccess } from '../common/cells.ts';
import { foldGrid } from '../common/grid.ts';
import { optional, type ParamSpec, size } from '../common/params.ts';
import type { DeviceCaps, DispatchPlan } from '../family.ts';
import mix from './decode-direct-mix.wgsl?raw';
import weights from './decode-direct-weights.wgsl?raw';
import { type AttentionShape, shapeConstants } from './shape.ts';
import { labelOf, maskBindings, preamble, type Steps } from './steps.ts';

/** Keys a thread weighs, and threads of a workgroup. */
export const directTunables = {
  block: optional<ParamSpec & { kind: 'integer' }>(size(256, 4), 16),
  threads: optional(size(256), 16),
};

export type DirectShape = AttentionShape & { readonly block: number; readonly threads: number };

export function directPoints(): Params[] {
  return [{ threads: 4 }, { threads: 64 }, { block: 32 }, { block: 8 }];
}

export function decodeDirect(shape: DirectShape, caps: DeviceCaps): Steps {
  const { batch, keys, vdim, mask, cache, block, threads } = shape;
  const heads = batch * shape.heads;
  const blocks = Math.ceil(keys / block);
  const step = (
    name: string,
    source: string,
    bindings: readonly string[],
    items: number,
    masks: boolean,
  ): DispatchPlan => {
    const grid = foldGrid(Math.ceil(items / threads), caps);
    const shader = {
      label: `${labelOf('decode-direct', shape)} ${name}`,
      source: [cellAccess(cache, 4), preamble(masks ? mask : 'none'), source].join('\n'),
      constants: {
        ...shapeConstants(shape, bindings.length),
        ...{ BLOCK: block, BLOCKS: blocks, THREADS: threads },
        ...grid.constants,
      },
    };
    return { shader, bindings: masks ? maskBindings(shape, bindings) : bindings, workgroups: grid.workgroups };
  };
  return {
    scratch: [
      { name: 'weights', role: 'scratch', bytes: 4 * heads * blocks * block },
      { name: 'stats', role: 'scratch', bytes: 8 * heads * blocks },
    ],
    dispatches: [
      step('weights', weights, ['q', 'k', 'lengths', 'weights', 'stats'], heads * blocks, true),
      step('mix', mix, ['weights', 'stats', 'v', 'lengths', 'out'], (heads * vdim) / 4, false),
    ],
  };
}
