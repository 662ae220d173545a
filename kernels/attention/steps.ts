// What the variants of attention hand to the family's common plan.
import type { BufferPlan, DispatchPlan } from '../family.ts';

/** What sets a variant's plan apart: its dispatches and the scratch they pass on. */
export interface Steps {
  readonly scratch: readonly BufferPlan[];
  readonly dispatches: readonly DispatchPlan[];
}
