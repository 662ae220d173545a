// What the variants of attention hand to the family's common plan, and what their shaders share.
import type { BufferPlan, DispatchPlan } from '../family.ts';
import maskAdded from './mask-added.wgsl?raw';
import maskNone from './mask-none.wgsl?raw';
import score from './score.wgsl?raw';
import type { AttentionShape, MaskKind } from './shape.ts';

/** What sets a variant's plan apart: its dispatches and the scratch they pass on. */
export interface Steps {
  readonly scratch: readonly BufferPlan[];
  readonly dispatches: readonly DispatchPlan[];
}

/** The mask snippet and score.wgsl. */
export function preamble(mask: MaskKind): string {
  return `${mask === 'none' ? maskNone : maskAdded}\n${score}`;
}

/** The bindings with the mask's behind them, where there is one. */
export function maskBindings({ mask }: AttentionShape, bindings: readonly string[]): readonly string[] {
  return mask === 'none' ? bindings : [...bindings, 'mask'];
}

export function labelOf(variant: string, { batch, queries, keys, heads, kvheads, dim }: AttentionShape): string {
  return `attention/${variant} batch=${batch} queries=${queries} keys=${keys} heads=${heads} kvheads=${kvheads} dim=${dim}`;
}
