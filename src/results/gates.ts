// What a comparison means for a gate: which declared rows regressed, and which leave it open. Pure.
import { matchesPattern } from '../core/case-id.ts';
import { holm } from '../stats/multiplicity.ts';
import type { ComparedRow, FileComparison } from './compare.ts';
import { beyondThreshold, isWithheld, LEVEL } from './verdict.ts';

export interface GateJudgement {
  readonly outcome: 'pass' | 'regression' | 'inconclusive';
  /** One line for each row, or pattern, that keeps the gate from passing. */
  readonly reasons: readonly string[];
  /** Rows the gate looked at. */
  readonly rows: number;
}

/**
 * Without patterns every row is gated and its own verdict (adjusted by Benjamini–Hochberg) decides. Declared patterns
 * (`case pattern` or `case pattern@metric`) are claims to be right about all at once, so their p-values are adjusted by Holm.
 */
export function judgeGate(comparison: FileComparison, patterns: readonly string[]): GateJudgement {
  const gates = patterns.length === 0 ? ['*'] : patterns;
  const gated = comparison.rows.filter((row) => gates.some((gate) => isGated(row, gate)));
  const declared = patterns.length > 0;
  const settled = declared ? standing(gated) : new Set(gated.filter(({ verdict }) => verdict === 'slower'));
  const slower = [...settled].filter((row) => beyond(row) === 'slower');
  const open = gated.filter((row) => !settled.has(row) && leavesOpen(row, declared));
  const absent = comparison.missing.filter(
    ({ id, side }) => side === 'new' && gates.some((gate) => matchesPattern(parts(gate).id, id)),
  );
  const unmatched = gates.filter((gate) => !comparison.rows.some((row) => isGated(row, gate)));
  const reasons = [
    ...slower.map((row) => `slower: ${nameOf(row)}, ${percent(row)}`),
    ...open.map((row) => `${row.verdict.replace('-', ' ')}: ${nameOf(row)}`),
    ...absent.map(({ id }) => `missing in new: ${id}`),
    ...unmatched.map((gate) => `no row matches the gate '${gate}'`),
  ];
  const outcome = slower.length > 0 ? 'regression' : reasons.length > 0 ? 'inconclusive' : 'pass';
  return { outcome, reasons, rows: gated.length };
}

/** Rows beyond their threshold by the smaller family's own adjustment, whatever the table of all rows says of them. */
function standing(gated: readonly ComparedRow[]): Set<ComparedRow> {
  const tested = gated.filter((row) => row.q !== null);
  const adjusted = holm(tested.map((row) => row.estimate!.p));
  return new Set(
    tested.filter(
      (row, i) =>
        adjusted[i]! <= LEVEL &&
        beyond(row) !== null &&
        !(row.estimate && isWithheld({ ...row, estimate: row.estimate })),
    ),
  );
}

function beyond({ estimate, better, threshold }: ComparedRow): 'faster' | 'slower' | null {
  return estimate && beyondThreshold({ estimate, better, threshold });
}

/** A small change never stands in the way; a slower row that Holm does not let stand leaves the gate open. */
function leavesOpen({ verdict }: ComparedRow, declared: boolean): boolean {
  return verdict === 'inconclusive' || verdict === 'not-comparable' || (declared && verdict === 'slower');
}

function isGated({ id, metric }: ComparedRow, gate: string): boolean {
  const wanted = parts(gate);
  return matchesPattern(wanted.id, id) && (wanted.metric === null || wanted.metric === metric);
}

function parts(gate: string): { readonly id: string; readonly metric: string | null } {
  const at = gate.lastIndexOf('@');
  return at < 0 ? { id: gate, metric: null } : { id: gate.slice(0, at), metric: gate.slice(at + 1) };
}

function nameOf({ id, metric }: ComparedRow): string {
  return metric === null ? id : `${id} ${metric}`;
}

function percent({ estimate }: ComparedRow): string {
  const change = (estimate!.ratio - 1) * 100;
  return `${change > 0 ? '+' : ''}${change.toFixed(1)} %`;
}
