import { describe, expect, it } from 'vitest';
import { compareFiles } from './compare.ts';
import type { ResultFile, Row } from './schema.ts';
import { KERNEL_ID, sampleFile, sampleMetric, sampleRow, sampleSession } from './testdata/sample-file.ts';

/** One session a list of samples of the one kernel case. */
function fileOf(...sessions: number[][]): ResultFile {
  return sampleFile(sessions.map((samples) => sampleSession([sampleRow(KERNEL_ID, samples)])));
}

function fileWith(changes: Partial<Row>): ResultFile {
  return sampleFile([sampleSession([sampleRow(KERNEL_ID, [1], changes)])]);
}

describe('compareFiles', () => {
  it('divides the medians of the session medians', () => {
    const { metrics } = compareFiles(fileOf([10, 20, 30], [40], [90]), fileOf([10], [20], [15, 25]));
    expect(metrics).toMatchObject([
      { id: KERNEL_ID, metric: 'time', ratio: 0.5, verdict: 'none', base: { median: 40 }, next: { median: 20 } },
    ]);
  });

  it('is inconclusive below three sessions on either side', () => {
    expect(compareFiles(fileOf([1], [1]), fileOf([1], [1], [1])).metrics[0]?.verdict).toBe('inconclusive');
  });

  it('gives no ratio over a median of zero', () => {
    expect(compareFiles(fileOf([0]), fileOf([1])).metrics[0]?.ratio).toBeNull();
  });

  it('names cases that a side lacks or that failed there, and withholds their ratio', () => {
    const failed = fileWith({ state: 'failed', reason: 'NMSE 0.3' });
    const other = sampleFile([sampleSession([sampleRow('kernel/gemv/naive:n=1', [1])])]);
    expect(compareFiles(fileOf([1]), failed)).toMatchObject({
      metrics: [],
      missing: [{ id: KERNEL_ID, side: 'new', why: 'failed: NMSE 0.3' }],
    });
    expect(compareFiles(fileOf([1]), other).missing).toEqual([
      { id: KERNEL_ID, side: 'new', why: 'not in this file' },
      { id: 'kernel/gemv/naive:n=1', side: 'base', why: 'not in this file' },
    ]);
  });

  it('says when the two figures differ in kind', () => {
    const wall = fileWith({ metrics: [sampleMetric('time', [1], { estimator: 'wall-slope' })] });
    expect(compareFiles(fileOf([1]), wall).metrics[0]?.mismatch).toEqual(['estimator timestamp → wall-slope']);
  });

  it('lists what differs between the environments, and only that', () => {
    const base = fileOf([1]);
    expect(compareFiles(base, fileOf([2])).differences).toEqual([]);
    const { environment } = base;
    const software = { ...environment.adapter, description: 'SwiftShader', isSoftware: true };
    const next = { ...fileOf([1]), environment: { ...environment, adapter: software } };
    const comparison = compareFiles(base, next);
    expect(comparison.software).toBe(true);
    expect(comparison.differences).toEqual([
      { what: 'adapter', base: 'acme rocket ACME Rocket 9000', next: 'acme rocket SwiftShader (software)' },
    ]);
  });
});
