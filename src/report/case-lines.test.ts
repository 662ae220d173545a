import { describe, expect, it } from 'vitest';
import { DECODER_ID, KERNEL_ID, sampleDecoderRow, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { caseGroups, caseLines, metricSentence, sortLines, verifiedText } from './case-lines.ts';

/** 1 byte and 100 flops a ns. */
const PROBES = [
  sampleRow('kernel/stream/read:bytes=4', [1], { cost: { flops: 0, bytes: 1 } }),
  sampleRow('kernel/fma/vec4', [1], { cost: { flops: 100, bytes: 0.001 } }),
];

describe('caseLines', () => {
  it('gives a kernel its time with spread, its rates and the share of its roof', () => {
    const kernel = sampleRow(KERNEL_ID, [98, 99, 100, 100, 101, 102], { cost: { flops: 2500, bytes: 50 } });
    const line = caseLines(sampleSession([...PROBES, kernel])).at(-1)!;
    expect(line.cells.time).toEqual({ value: 100, text: '100 ns', note: '± 2.0 %' });
    expect(line.cells.flops?.text).toBe('25.0 GFLOP/s');
    expect(line.cells.bytes?.text).toBe('500 MB/s');
    // 50 ns of bytes against 25 ns of flops: the bandwidth roof applies, half of it is reached.
    expect(line.cells.roofline).toEqual({ value: 0.5, text: '50 %', note: 'bandwidth' });
  });

  it('gives n where there are too few samples for an interval', () => {
    expect(caseLines(sampleSession([sampleRow(KERNEL_ID, [5, 5])]))[0]!.cells.time?.note).toBe('n = 2');
  });

  it('gives a decoder its rate, first token, gaps and placement', () => {
    const { cells } = caseLines(sampleSession([sampleDecoderRow()]))[0]!;
    expect(cells.decode?.text).toBe('10.0 tok/s');
    expect(cells.ttft?.text).toBe('205 ms');
    expect(cells.gap).toEqual({ value: 1.01e8, text: '101 ms', note: 'p90 102 ms' });
    expect(cells.placement).toMatchObject({ text: '98 %', note: '412 of 420 nodes' });
  });

  it('shows no p90 below 29 gaps', () => {
    const row = sampleDecoderRow();
    const few = row.metrics.map((metric) => ({ ...metric, samples: metric.samples.slice(0, 28) }));
    expect(caseLines(sampleSession([{ ...row, metrics: few }]))[0]!.cells.gap?.note).toBe('n = 28');
  });

  it('strikes out what failed, and says when that is known', () => {
    const failed = sampleRow(KERNEL_ID, [1], { state: 'failed', expectedFailure: true });
    expect(caseLines(sampleSession([failed]))[0]).toMatchObject({ struck: true, stateWord: 'disagrees (known)' });
    expect(caseLines(sampleSession([sampleRow(KERNEL_ID, [1])]))[0]).toMatchObject({ struck: false, stateWord: 'ok' });
  });
});

describe('caseGroups', () => {
  it('gives each kind only the columns it fills', () => {
    const session = sampleSession([sampleRow(KERNEL_ID, [1]), sampleDecoderRow()]);
    const groups = caseGroups(caseLines(session));
    expect(groups.map(({ title, columns }) => [title, columns.map(({ key }) => key)])).toEqual([
      ['Kernels', ['time', 'flops', 'bytes', 'roofline']],
      ['Models', ['decode', 'ttft', 'gap', 'placement']],
    ]);
  });
});

describe('verifiedText', () => {
  it('says how much was compared', () => {
    const check = { state: 'passed', rule: '', checked: 1024, total: 65_536, figures: {} } as const;
    const text = (verification: Parameters<typeof verifiedText>[0]['verification']) =>
      verifiedText(sampleRow(KERNEL_ID, [], { verification }));
    expect(text({ ...check })).toBe('1,024 of 65,536');
    expect(text({ ...check, checked: 65_536 })).toBe('all 65,536');
    expect(text({ ...check, state: 'failed' })).toBe('disagrees');
    expect(text({ ...check, state: 'none' })).toBe('no reference');
    expect(text(undefined)).toBe('');
  });
});

describe('sortLines', () => {
  const lines = caseLines(
    sampleSession([
      sampleRow('kernel/b/x:m=10', [3]),
      sampleRow('kernel/a/x:m=9', [], { state: 'skipped', reason: 'over the budget' }),
      sampleRow('kernel/b/x:m=9', [1]),
    ]),
  );
  const ids = (...args: [Parameters<typeof sortLines>[1], 'ascending' | 'descending']) =>
    sortLines(lines, ...args).map(({ row }) => row.id.slice('kernel/'.length));

  it('sorts numbers, with rows that have none last either way', () => {
    expect(ids('time', 'ascending')).toEqual(['b/x:m=9', 'b/x:m=10', 'a/x:m=9']);
    expect(ids('time', 'descending')).toEqual(['b/x:m=10', 'b/x:m=9', 'a/x:m=9']);
  });

  it('sorts names with their numbers as numbers', () => {
    expect(ids('case', 'ascending')).toEqual(['a/x:m=9', 'b/x:m=9', 'b/x:m=10']);
  });
});

describe('metricSentence', () => {
  it('gives interval, range or the single value, always with n', () => {
    const sentence = (samples: number[]) => metricSentence(sampleRow(DECODER_ID, samples), 'time', 'ns');
    expect(sentence([98, 99, 100, 100, 101, 102])).toBe('100.0 ns [98.0, 102.0], n = 6');
    expect(sentence([1, 3])).toBe('2.00 ns, range 1.00 ns to 3.00 ns, n = 2');
    expect(sentence([7])).toBe('7.00 ns, n = 1');
    expect(sentence([])).toBeNull();
  });
});
