// Files in the order given → a comparison of the first with each of the others. Files of one label are one side: their
// sessions count together. Computes nothing itself: src/results does.
import { UserError } from '../core/errors.ts';
import { type CompareSettings, compareFiles } from '../results/compare.ts';
import { mergeFiles } from '../results/merge.ts';
import type { ComparisonReport, LabelledFile } from './comparison.ts';

/**
 * Null with fewer than two sides. Throws a UserError where files of one label are of different devices, builds or plans, or
 * tell one session in two ways.
 */
export function compareLabelled(files: readonly LabelledFile[], settings: CompareSettings): ComparisonReport | null {
  const [base, ...others] = joinByLabel(files);
  if (!base || others.length === 0) return null;
  return {
    base,
    others: others.map((next) => ({ next, comparison: compareFiles(base.file, next.file, settings), gate: null })),
  };
}

/** One side a label, in the order of first appearance. */
export function joinByLabel(files: readonly LabelledFile[]): LabelledFile[] {
  const labels = [...new Set(files.map(({ label }) => label))];
  return labels.map((label) => {
    const own = files.filter((item) => item.label === label);
    const [joined, other] = mergeFiles(own.map(({ file }) => ({ name: `${label} (${file.createdAt})`, file })));
    if (!other) return { label, file: joined! };
    throw new UserError(
      `${label}: ${own.length} files share this label, but they differ in device, build or plan and cannot be one side. Give them different labels`,
    );
  });
}
