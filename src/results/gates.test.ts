import { describe, expect, it } from 'vitest';
import { compareFiles } from './compare.ts';
import { judgeGate } from './gates.ts';
import type { ResultFile } from './schema.ts';
import { sampleFile, sampleRow, sampleSession } from './testdata/sample-file.ts';

/** Five sessions; values of each case by name. */
function fileOf(name: string, cases: Readonly<Record<string, readonly number[]>>): ResultFile {
  const sessions = [0, 1, 2, 3, 4].map((session) =>
    sampleSession(
      Object.entries(cases).map(([id, values]) => sampleRow(`kernel/${id}/x`, [1e4 * values[session]!])),
      { id: `${name}-${session}` },
    ),
  );
  return sampleFile(sessions);
}
const steady = [10000, 10010, 9990, 10005, 9995];
const slow = steady.map((value) => value * 1.1);
const noisy = [10000, 12000, 9000, 11500, 10500];
const gate = (next: Readonly<Record<string, readonly number[]>>, patterns: readonly string[] = []) =>
  judgeGate(compareFiles(fileOf('base', { a: steady, b: steady }), fileOf('next', next)), patterns);

describe('judgeGate', () => {
  it('passes what is the same, faster or a small change', () => {
    expect(gate({ a: steady.map((value) => value * 0.8), b: steady.map((value) => value * 1.01) })).toEqual({
      outcome: 'pass',
      reasons: [],
      rows: 2,
    });
  });

  it('fails on a slower row, also beside an open one', () => {
    const found = gate({ a: slow, b: noisy });
    expect(found.outcome).toBe('regression');
    expect(found.reasons).toEqual(['slower: kernel/a/x time, +10.0 %', 'inconclusive: kernel/b/x time']);
  });

  it('is inconclusive for an open, a missing or an unmatched row', () => {
    expect(gate({ a: steady, b: noisy })).toMatchObject({
      outcome: 'inconclusive',
      reasons: ['inconclusive: kernel/b/x time'],
    });
    expect(gate({ a: steady })).toMatchObject({ outcome: 'inconclusive', reasons: ['missing in new: kernel/b/x'] });
    expect(gate({ a: steady, b: steady }, ['kernel/nope/*'])).toMatchObject({ outcome: 'inconclusive', rows: 0 });
  });

  it('looks only at declared rows', () => {
    expect(gate({ a: slow, b: steady }, ['kernel/b/*'])).toMatchObject({ outcome: 'pass', rows: 1 });
    expect(gate({ a: slow, b: steady }, ['kernel/b/*', 'kernel/a/*@time'])).toMatchObject({
      outcome: 'regression',
      rows: 2,
    });
    expect(gate({ a: slow, b: steady }, ['kernel/a/*@ttft'])).toMatchObject({ outcome: 'inconclusive', rows: 0 });
  });

  it('adjusts declared rows among themselves, not among all', () => {
    // Clear enough alone, not after correction for the sixty rows of the whole table.
    const quiet = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`q${i}`, steady]));
    const shifted = [10500, 10700, 10300, 10900, 10400];
    const spread = [10000, 10200, 9800, 10300, 9900];
    const comparison = compareFiles(
      fileOf('base', { a: spread, ...quiet }),
      fileOf('next', { a: shifted.map((value) => value * 1.01), ...quiet }),
    );
    expect(comparison.rows[0]!.verdict).toBe('inconclusive');
    expect(judgeGate(comparison, ['kernel/a/*']).outcome).toBe('regression');
  });
});
