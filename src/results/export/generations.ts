// A decoder row's samples put back into generations: the first token's time and the gaps that followed it.
import type { Row } from '../schema.ts';
import { findMetric } from '../summary.ts';

export interface Generation {
  readonly ttftNs: number;
  /** One a token after the first. */
  readonly gapsNs: readonly number[];
}

/**
 * Gaps are stored generation after generation, so they part evenly; null when they do not (samples were excluded), or when
 * the row is no decoder's, or is of a batch, whose first tokens and gaps are of all its sequences.
 */
export function generationsOf(row: Row): Generation[] | null {
  if (Number(row.facts.batch ?? 1) > 1) return null;
  const first = findMetric(row, 'ttft')?.samples ?? [];
  const gaps = findMetric(row, 'gap')?.samples ?? [];
  const each = Number(row.facts.newTokens) - 1;
  if (first.length === 0 || !(each >= 0) || gaps.length !== first.length * each) return null;
  return first.map((ttftNs, i) => ({ ttftNs, gapsNs: gaps.slice(i * each, (i + 1) * each) }));
}
