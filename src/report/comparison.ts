// A comparison of one base with one or more new files, ready to be printed in any format. Holds no layout.
import type { FileComparison } from '../results/compare.ts';
import type { GateJudgement } from '../results/gates.ts';
import type { ResultFile } from '../results/schema.ts';

export interface LabelledFile {
  readonly label: string;
  readonly file: ResultFile;
}

export interface ComparedFile {
  readonly next: LabelledFile;
  readonly comparison: FileComparison;
  /** Null when no gate was asked for. */
  readonly gate: GateJudgement | null;
}

export interface ComparisonReport {
  readonly base: LabelledFile;
  readonly others: readonly ComparedFile[];
}
