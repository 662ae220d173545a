// Small result files of one kernel case, and the one row that comparing two of them gives. For tests.
import { type ComparedRow, type CompareSettings, compareFiles, DEFAULT_SETTINGS } from '../compare.ts';
import type { Metric, ResultFile } from '../schema.ts';
import { KERNEL_ID, sampleFile, sampleMetric, sampleRow, sampleSession } from './sample-file.ts';

/** One session a list of samples of the one kernel case; ids tell the sessions of different files apart. */
export function fileOf(name: string, sessions: readonly number[][], changes: Partial<Metric> = {}): ResultFile {
  return sampleFile(
    sessions.map((samples, i) =>
      sampleSession(
        [sampleRow(KERNEL_ID, [], { metrics: [sampleMetric('time', samples, { opsPerSample: 1e6, ...changes })] })],
        {
          id: `${name}-${i}`,
        },
      ),
    ),
    { id: name },
  );
}
export const only = (base: ResultFile, next: ResultFile, settings: Partial<CompareSettings> = {}): ComparedRow =>
  compareFiles(base, next, { ...DEFAULT_SETTINGS, ...settings }).rows[0]!;
/** Sessions of one sample each. */
export const singles = (...values: number[]): number[][] => values.map((value) => [value]);
