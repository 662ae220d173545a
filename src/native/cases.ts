// What the native lane can run: a list of kinds of case, each the very one the page runs.
import type { ListedCase } from '../core/suites.ts';
import type { CaseKind } from '../session/case-kind.ts';
import { decoderCases } from '../session/decoder-cases.ts';
import { kernelCases } from '../session/kernel-cases.ts';
import { llamaBenchCases } from '../session/llama-bench-cases.ts';
import { nativeLane } from './decoder-lane.ts';

export const NATIVE_KINDS: readonly CaseKind[] = [
  kernelCases,
  decoderCases(nativeLane()),
  llamaBenchCases(nativeLane()),
];

/** Whether an exact id, in the list or not, is of a case that this lane can run. */
export function acceptsNative(id: string): boolean {
  return NATIVE_KINDS.some((kind) => id.startsWith(kind.prefix) && kind.accepts(id));
}

export function listNativeCases(): ListedCase[] {
  return NATIVE_KINDS.flatMap((kind) => kind.list());
}
