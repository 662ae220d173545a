// Attention as three plain dispatches over a matrix of scores in global memory: the baseline, for prefill and decode.
import { foldGrid } from '../common/grid.ts';
import type { Constant, DeviceCaps, DispatchPlan } from '../family.ts';
import mix from './mix.wgsl?raw';
import type { AttentionShape } from './reference.ts';
import scores from './scores.wgsl?raw';
import type { Steps } from './steps.ts';
import weights from './weights.wgsl?raw';

export function unfused(shape: AttentionShape, variant: string, caps: DeviceCaps): Steps {
  const { queries, keys, heads, kvheads, dim } = shape;
  const constants: Record<string, Constant> = {
    QUERIES: queries,
    KEYS: keys,
    HEADS: heads,
    ROWS: heads * queries,
    GROUP: heads / kvheads,
    DIM: dim,
    OFFSET: keys - queries,
    SCALE: `f32(${1 / Math.sqrt(dim)})`,
  };
  const step = (name: string, source: string, bindings: string[], threads: number): DispatchPlan => {
    const grid = foldGrid(Math.ceil(threads / 64), caps);
    const label = `attention/${variant} ${name} queries=${queries} keys=${keys} heads=${heads} dim=${dim}`;
    const shader = { label, source, constants: { ...constants, ...grid.constants } };
    return { shader, bindings, workgroups: grid.workgroups };
  };
  return {
    scratch: [{ name: 'scores', role: 'scratch', bytes: 4 * heads * queries * keys }],
    dispatches: [
      step('scores', scores, ['q', 'k', 'scores'], heads * queries * keys),
      step('weights', weights, ['scores'], heads * queries),
      step('mix', mix, ['scores', 'v', 'out'], heads * queries * dim),
    ],
  };
}
