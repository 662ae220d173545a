import { describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { sampleDecoderRow, sampleMetric, sampleSession } from '../results/testdata/sample-file.ts';
import { kneeOf, sweepCharts } from './sweep-charts.ts';

function row(params: string, rate: number, ttft = 1e6, changes: Partial<Row> = {}): Row {
  const metrics = [
    sampleMetric('ttft', [ttft]),
    sampleMetric('decode-rate', [rate], { unit: 'tokens/s', better: 'higher' }),
  ];
  return sampleDecoderRow({ id: `model/wgsl/tiny:${params}`, metrics, ...changes });
}
const charts = (...rows: Row[]) => sweepCharts(sampleSession(rows));

describe('sweepCharts', () => {
  it('three prompt lengths make a line of first tokens and one over depth, in order', () => {
    const made = charts(
      row('prompt=64;new=8', 90, 4e6),
      row('prompt=16;new=8', 100, 1e6),
      row('prompt=32;new=8', 95, 2e6),
    );
    expect(made.map(({ title }) => title)).toEqual(['First token over prompt length', 'Decode rate over depth']);
    expect(made[0]!.series[0]!.points.map(({ x, y }) => [x, y])).toEqual([
      [16, 1e6],
      [32, 2e6],
      [64, 4e6],
    ]);
    expect(made[1]!.series[0]!.points.map(({ x }) => x)).toEqual([20, 36, 68]);
    expect(made[0]!.summary).toBe('tiny · wgsl: 1.00 ms at 16, 4.00 ms at 64.');
  });

  it('two are no sweep, and a row that failed is not in one', () => {
    const wrong = row('prompt=32;new=8', 95, 2e6, { state: 'failed' });
    expect(charts(row('prompt=64;new=8', 90), row('prompt=16;new=8', 100), wrong)).toEqual([]);
  });

  it('names the batch at which decode leaves the bandwidth regime', () => {
    // A step of batch b takes b / rate: 10, 10.5, 11.4, 20 ms.
    const rows = [
      [1, 100],
      [2, 190],
      [4, 351],
      [8, 400],
    ].map(([batch, rate]) => row(`prompt=16;new=16;type=f32${batch === 1 ? '' : `;batch=${batch}`}`, rate!));
    const [chart] = charts(...rows);
    expect(chart!.title).toBe('Decode rate over batch');
    expect(kneeOf(chart!.series[0]!)).toBe(8);
    expect(chart!.summary).toContain(
      'It leaves the bandwidth regime at 8 (the first batch where a step takes over 1.5 × one sequence’s).',
    );
    const [within] = charts(...rows.slice(0, 3));
    expect(kneeOf(within!.series[0]!)).toBeNull();
    expect(within!.summary).toContain('Up to 4 sequences no batch leaves the bandwidth regime');
  });

  it('without a batch of 1 at the same prompt there is no knee', () => {
    const rows = [2, 4, 8].map((batch) => row(`prompt=16;new=16;type=f32;batch=${batch}`, 100));
    expect(charts(...rows)[0]!.summary).toContain('no knee to name');
  });
});
