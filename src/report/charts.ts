// Charts as data: what is drawn, the sentence that says it, and what was left out. Knows no drawing library and no pixels.
import type { Metric, Row, Session } from '../results/schema.ts';
import { findMetric, PERCENTILE_NEEDS, summarizeMetric } from '../results/summary.ts';
import { distinctLines } from './case-label.ts';
import type { FrontChart } from './front-chart.ts';
import { leftOut } from './left-out.ts';
import type { FanChart, TornadoChart } from './rollout-charts.ts';
import type { RooflineChart } from './roofline-chart.ts';
import type { SweepChart } from './sweep-charts.ts';
import { formatQuantity, formatWithInterval } from './units.ts';

export type ChartUnit = 'ns' | 'tokens/s' | 'tokens/J' | 'FLOP/s' | 'FLOP/B' | 'bytes' | 'J' | 'W' | '1';

interface ChartBase {
  readonly title: string;
  /** One sentence that says what the chart shows; its text alternative. */
  readonly summary: string;
}

export interface IntervalItem {
  readonly id: string;
  readonly label: string;
  readonly text: string;
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  /** Only where n supports it. */
  readonly p90: number | null;
}

export interface IntervalChart extends ChartBase {
  readonly kind: 'intervals';
  readonly unit: ChartUnit;
  readonly scale: 'linear' | 'log';
  readonly items: readonly IntervalItem[];
}

export interface SampleChart extends ChartBase {
  /** `strip`: every sample on one axis, and the share at or below each value. `sequence`: every sample over its place. */
  readonly kind: 'strip' | 'sequence';
  readonly unit: ChartUnit;
  readonly samples: readonly number[];
  /** Where each sample stands on the axis of a sequence, from 1. */
  readonly places: readonly number[];
  readonly median: number;
  readonly interval: { readonly lo: number; readonly hi: number } | null;
  /** What the places of a sequence count. */
  readonly placeLabel: string;
}

export type ChartSpec = RooflineChart | IntervalChart | SampleChart | SweepChart | FanChart | TornadoChart | FrontChart;

/** Rows of decoders a chart holds before it sends the reader to the table. */
const DECODERS_SHOWN = 12;
/** Beyond this ratio of largest to smallest a linear axis hides the small ones. */
const LOG_ABOVE = 30;

/** Enough for the narrowest of axes, few enough that binary fractions (0.30000000000000004) do not show. */
const TICK_DIGITS = 6;

/** Decode rate of every checked decoder; null without one. */
export function decodeRateChart(session: Pick<Session, 'rows'>): IntervalChart | null {
  const { rows, names, left } = checkedDecoders(session);
  const items = rows.flatMap((row, i) => intervalItem(row, 'decode-rate', 'tokens/s', names[i]!));
  const fastest = [...items].sort((a, b) => b.value - a.value)[0];
  if (!fastest) return null;
  return {
    kind: 'intervals',
    title: 'Decode rate',
    summary: `Tokens per second after the first one. ${extremeText('Fastest', fastest, items)}${left}`,
    unit: 'tokens/s',
    scale: scaleFor(items),
    items,
  };
}

/** `Fastest: tiny · wgsl, 127 tok/s [96, 157].`; of one alone nothing is the fastest. */
function extremeText(word: string, { label, text }: IntervalItem, all: readonly IntervalItem[]): string {
  return all.length === 1 ? `${label}: ${text}.` : `${word}: ${label}, ${text}.`;
}

const LATENCIES = [
  { name: 'ttft', title: 'Time to first token', what: 'Medians over generations' },
  { name: 'tpot', title: 'Time per output token', what: 'Medians over generations' },
  {
    name: 'gap',
    title: 'Gaps between tokens',
    what: `Medians over gaps; a tick marks p90 where n ≥ ${PERCENTILE_NEEDS.p90}`,
  },
] as const;

/** TTFT, time per output token and token gaps of every checked decoder, each a chart; none without one. */
export function latencyCharts(session: Pick<Session, 'rows'>): IntervalChart[] {
  const { rows, names, left } = checkedDecoders(session);
  return LATENCIES.flatMap(({ name, title, what }) => {
    const items = rows.flatMap((row, i) => intervalItem(row, name, 'ns', names[i]!));
    const shortest = [...items].sort((a, b) => a.value - b.value)[0];
    if (!shortest) return [];
    const summary = `${what}, with 95 % intervals. ${extremeText('Shortest', shortest, items)}${left}`;
    return [{ kind: 'intervals' as const, title, summary, unit: 'ns' as const, scale: scaleFor(items), items }];
  });
}

/** Every sample of a metric on one axis; null without samples. */
export function stripChart(metric: Metric): SampleChart | null {
  return sampleChart(metric, 'strip', `Distribution of ${metric.name}`, sequenceOf(metric, 'sample'));
}

/**
 * Token gaps over token index, the generations over one another: shows what grows with the context. In the order taken where
 * the gaps cannot be told apart by generation.
 */
export function gapChart(row: Row): SampleChart | null {
  const metric = findMetric(row, 'gap');
  if (!metric) return null;
  // A generation's time per output token averages all its gaps, so that it knows their number.
  const perGeneration = findMetric(row, 'tpot')?.opsPerSample ?? 0;
  const whole = perGeneration > 1 && metric.excluded.length === 0 && metric.samples.length % perGeneration === 0;
  if (!whole) return sampleChart(metric, 'sequence', 'Token gaps in order', sequenceOf(metric, 'token gap'));
  const generations = metric.samples.length / perGeneration;
  return sampleChart(metric, 'sequence', 'Token gaps over token index', {
    // The first gap ends at the second token.
    places: metric.samples.map((_, i) => (i % perGeneration) + 2),
    placeLabel: generations === 1 ? 'token index' : `token index, ${generations} generations over one another`,
  });
}

type Places = Pick<SampleChart, 'places' | 'placeLabel'>;

function sequenceOf({ samples }: Metric, what: string): Places {
  return { places: samples.map((_, i) => i + 1), placeLabel: `${what}, in the order taken` };
}

function sampleChart(metric: Metric, kind: SampleChart['kind'], title: string, places: Places): SampleChart | null {
  const summary = summarizeMetric(metric);
  if (!summary) return null;
  const { unit } = metric;
  const range = `${formatQuantity(summary.min, unit)} to ${formatQuantity(summary.max, unit)}`;
  return {
    kind,
    title,
    summary: `${summary.n} samples from ${range}, median ${formatQuantity(summary.median, unit)}.`,
    unit,
    samples: metric.samples,
    median: summary.median,
    interval: summary.interval,
    ...places,
  };
}

interface CheckedDecoders {
  readonly rows: readonly Row[];
  /** One a row, only as long as tells it from the others. */
  readonly names: readonly string[];
  /** What was left out, as a sentence; empty when nothing was. */
  readonly left: string;
}

function checkedDecoders(session: Pick<Session, 'rows'>): CheckedDecoders {
  const decoders = session.rows.filter((row) => findMetric(row, 'decode-rate') !== undefined);
  const good = decoders.filter((row) => row.state === 'ok' && row.verification?.state !== 'failed');
  const beyond = Math.max(0, good.length - DECODERS_SHOWN);
  const more = beyond > 0 ? ` ${beyond} more ${beyond === 1 ? 'is' : 'are'} in the table.` : '';
  const rows = good.slice(0, DECODERS_SHOWN);
  const names = distinctLines(rows.map(({ id }) => id));
  return { rows, names, left: leftOut(decoders.length - good.length, 'failed') + more };
}

function intervalItem(row: Row, name: string, unit: 'ns' | 'tokens/s', label: string): IntervalItem[] {
  const metric = findMetric(row, name);
  const summary = metric && summarizeMetric(metric);
  if (!summary || summary.median <= 0) return [];
  const p90 = name === 'gap' ? summary.p90 : null;
  const tail = p90 === null ? '' : `, p90 ${formatQuantity(p90, unit)}`;
  const fewText = summary.interval ? '' : `, n = ${summary.n}`;
  const unchecked = row.verification?.state === 'passed' ? '' : ' (not checked)';
  return [
    {
      id: `${name} ${row.id}`,
      label: `${label}${unchecked}`,
      text: `${formatWithInterval(summary.median, summary.interval, unit)}${fewText}${tail}`,
      value: summary.median,
      lo: summary.interval?.lo ?? summary.min,
      hi: summary.interval?.hi ?? summary.max,
      p90,
    },
  ];
}

function scaleFor(items: readonly IntervalItem[]): 'linear' | 'log' {
  const [lo, hi] = [Math.min(...items.map((item) => item.lo)), Math.max(...items.map((item) => item.hi))];
  return lo > 0 && hi / lo > LOG_ABOVE ? 'log' : 'linear';
}

/** A tick's text: as many digits as it needs, with its unit. */
export function tickText(value: number, unit: ChartUnit): string {
  if (value === 0) return '0';
  const text = formatQuantity(value, unit === 'FLOP/B' ? '1' : unit, TICK_DIGITS);
  return text.replace(/(\.\d*?)0+(?=\s|$)/, '$1').replace(/\.(?=\s|$)/, '');
}
