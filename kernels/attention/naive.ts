// Attention as three plain dispatches over a matrix of scores in global memory: the baseline, for prefill and decode, and
// the form that takes any shape.
import { foldGrid } from '../common/grid.ts';
import type { DeviceCaps, DispatchPlan } from '../family.ts';
import mix from './mix.wgsl?raw';
import scores from './scores.wgsl?raw';
import { type AttentionShape, shapeConstants } from './shape.ts';
import { labelOf, maskBindings, preamble, type Steps } from './steps.ts';
import weights from './weights.wgsl?raw';

export function naive(shape: AttentionShape, variant: string, caps: DeviceCaps): Steps {
  const { batch, queries, keys, vdim } = shape;
  const heads = batch * shape.heads;
  const step = (name: string, source: string, bindings: string[], threads: number, masks = false): DispatchPlan => {
    const grid = foldGrid(Math.ceil(threads / 64), caps);
    const shader = {
      label: `${labelOf(variant, shape)} ${name}`,
      source: `${preamble(masks ? shape.mask : 'none')}\n${source}`,
      constants: { ...shapeConstants(shape, bindings.length), ...grid.constants },
    };
    return { shader, bindings: masks ? maskBindings(shape, bindings) : bindings, workgroups: grid.workgroups };
  };
  return {
    scratch: [{ name: 'scores', role: 'scratch', bytes: 4 * heads * queries * keys }],
    dispatches: [
      step('scores', scores, ['q', 'k', 'scores'], heads * queries * keys, true),
      step('weights', weights, ['scores'], heads * queries),
      step('mix', mix, ['scores', 'v', 'out'], heads * queries * vdim),
    ],
  };
}
