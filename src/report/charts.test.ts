import { describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { KERNEL_ID, sampleDecoderRow, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { decodeRateChart, gapChart, latencyCharts, stripChart, tickText } from './charts.ts';

describe('decoder charts', () => {
  const slow = sampleDecoderRow({ id: 'model/ort-webgpu/tiny:prompt=16' });
  const fast = sampleDecoderRow({
    id: 'model/ort-wasm/tiny:prompt=16',
    metrics: slow.metrics.map((metric) => ({ ...metric, samples: metric.samples.map((value) => value * 50) })),
  });

  it('turns to a log axis when the values lie far apart', () => {
    expect(decodeRateChart(sampleSession([slow]))?.scale).toBe('linear');
    const spec = decodeRateChart(sampleSession([slow, fast]))!;
    expect(spec.scale).toBe('log');
    expect(spec.summary).toContain('Fastest: tiny · ort-wasm, 500 tok/s, n = 2.');
  });

  it('leaves failed rows out and says so', () => {
    const spec = decodeRateChart(sampleSession([slow, sampleDecoderRow({ state: 'failed' })]))!;
    expect(spec.items).toHaveLength(1);
    expect(spec.summary).toContain('1 failed is left out.');
    expect(decodeRateChart(sampleSession([sampleDecoderRow({ state: 'failed' })]))).toBeNull();
  });

  it('marks p90 of the gaps only, and only where n supports it', () => {
    const p90s = (row: Row) =>
      latencyCharts(sampleSession([row])).map(({ title, items }) => [title, items.map(({ p90 }) => p90)]);
    expect(p90s(slow)).toEqual([
      ['Time to first token', [null]],
      ['Gaps between tokens', [1.02e8]],
    ]);
    const few = slow.metrics.map((metric) => ({ ...metric, samples: metric.samples.slice(0, 20) }));
    expect(p90s({ ...slow, metrics: few })[1]).toEqual(['Gaps between tokens', [null]]);
  });

  it('says which rows were not checked', () => {
    const unchecked = sampleDecoderRow({
      verification: { state: 'none', rule: '', checked: 0, total: 8, figures: {} },
    });
    expect(decodeRateChart(sampleSession([unchecked]))!.items[0]!.label).toContain('(not checked)');
  });

  it('keeps gaps in the order taken', () => {
    const spec = gapChart(slow)!;
    expect(spec.samples.slice(0, 3)).toEqual([1e8, 1.01e8, 1.02e8]);
    expect(spec.summary).toBe('30 samples from 100 ms to 102 ms, median 101 ms.');
    expect(spec).toMatchObject({ title: 'Token gaps in order', placeLabel: 'token gap, in the order taken' });
    expect(spec.places.slice(-2)).toEqual([29, 30]);
    expect(gapChart(sampleRow(KERNEL_ID, [1]))).toBeNull();
    expect(stripChart({ ...slow.metrics[0]!, samples: [] })).toBeNull();
  });
});

describe('gaps over token index', () => {
  const decoder = sampleDecoderRow();
  const withGenerations = (count: number, excluded = 0) => {
    const tpot = { ...decoder.metrics[0]!, name: 'tpot', opsPerSample: Math.ceil(30 / count) };
    const metrics = decoder.metrics.map((metric) =>
      metric.name === 'gap'
        ? { ...metric, excluded: Array.from({ length: excluded }, () => ({ index: 0, value: 1, cause: 'hidden' })) }
        : metric,
    );
    return gapChart({ ...decoder, metrics: [...metrics, tpot] })!;
  };

  it('start again with each generation, at the second token', () => {
    const spec = withGenerations(3);
    expect(spec.title).toBe('Token gaps over token index');
    expect(spec.placeLabel).toBe('token index, 3 generations over one another');
    expect([spec.places[0], spec.places[9], spec.places[10], spec.places[29]]).toEqual([2, 11, 2, 11]);
    expect(withGenerations(1).placeLabel).toBe('token index');
  });

  it('are left in the order taken where a gap was excluded or the number does not fit', () => {
    expect(withGenerations(3, 1).title).toBe('Token gaps in order');
    expect(withGenerations(4).title).toBe('Token gaps in order');
  });
});

describe('tickText', () => {
  it.each([
    [0, 'ns', '0'],
    [166.5e6, 'ns', '166.5 ms'],
    [0.1 + 0.2, 'FLOP/B', '0.3'],
    [2e11, 'FLOP/s', '200 GFLOP/s'],
    [1250, 'tokens/s', '1250 tok/s'],
    [100, 'FLOP/B', '100'],
  ] as const)('%d %s → %s', (value, unit, text) => expect(tickText(value, unit)).toBe(text));
});
