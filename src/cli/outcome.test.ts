import { describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { judgeRun } from './outcome.ts';

function judge(...rows: Partial<Row>[]): ReturnType<typeof judgeRun> {
  return judgeRun(sampleFile([sampleSession(rows.map((row, i) => sampleRow(`kernel/a/v${i}`, [1], row)))]));
}

describe('judgeRun', () => {
  it('passes what ran well beside what was skipped or cancelled', () => {
    expect(judge({}, { state: 'skipped' }, { state: 'cancelled' })).toEqual({ exitCode: 0, reasons: [] });
  });

  it('fails on a disagreement and on an error, and says which', () => {
    expect(judge({}, { state: 'failed' }, { state: 'error' }, { state: 'error' })).toEqual({
      exitCode: 1,
      reasons: ['1 case disagreed with the reference', '2 cases ended in an error'],
    });
  });

  it('does not count a failure that the suite expects, but it did run', () => {
    expect(judge({ state: 'failed', expectedFailure: true }).exitCode).toBe(0);
  });

  it('fails when nothing ran', () => {
    expect(judge({ state: 'skipped' })).toEqual({ exitCode: 1, reasons: ['no case ran'] });
    expect(judgeRun(sampleFile([])).exitCode).toBe(1);
  });

  it('fails on a crash whatever was finished before', () => {
    const file = sampleFile([sampleSession([sampleRow('kernel/a/v', [1])], { state: 'crashed' })]);
    expect(judgeRun(file)).toEqual({ exitCode: 1, reasons: ['the browser crashed in 1 of 1 sessions'] });
  });
});
