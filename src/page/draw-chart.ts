// Chart data → SVG by Observable Plot. Loaded on demand: nothing else may import Plot. Knows no state.
import * as Plot from '@observablehq/plot';
import {
  type ChartSpec,
  type IntervalChart,
  type RooflineChart,
  type SampleChart,
  tickText,
} from '../report/charts.ts';
import { CHARACTER_WIDTH, CHART_STYLE, COLOR, LABEL_HEIGHT } from './chart-style.ts';
import { placeLabels } from './place-labels.ts';

type Drawn = SVGSVGElement | HTMLElement;

export function drawChart(spec: ChartSpec, width: number): Drawn {
  if (spec.kind === 'roofline') return drawRoofline(spec, width);
  if (spec.kind === 'intervals') return drawIntervals(spec, width);
  return spec.kind === 'strip' ? drawStrip(spec, width) : drawSequence(spec, width);
}

const MARGIN = { marginTop: 24, marginRight: 16, marginBottom: 40, marginLeft: 72 } as const;

function drawRoofline(spec: RooflineChart, width: number): Drawn {
  const { bytesPerSecond, flopsPerSecond, points } = spec;
  const ridge = flopsPerSecond / bytesPerSecond;
  const intensities = points.map((point) => point.intensity);
  const x = decades([...intensities, ridge], 1.6);
  const y = decades([...points.map((point) => point.flopsPerSecond), flopsPerSecond, bytesPerSecond * x[0]], 1.6);
  const height = Math.max(320, Math.min(460, width * 0.6));
  const roof = [
    { x: x[0], y: x[0] * bytesPerSecond },
    { x: ridge, y: flopsPerSecond },
    { x: x[1], y: flopsPerSecond },
  ].filter((corner) => corner.x >= x[0]);
  const named = points.filter((point) => point.named);
  const labels = placedLabels(named, { x, y, width, height });
  return Plot.plot({
    ...MARGIN,
    width,
    height,
    style: CHART_STYLE,
    x: {
      type: 'log',
      domain: x,
      label: 'arithmetic intensity, flops per byte →',
      grid: true,
      ...logTicks(width, 'FLOP/B'),
    },
    y: { type: 'log', domain: y, label: '↑ attained', grid: true, ...logTicks(height, 'FLOP/s') },
    marks: [
      Plot.line(roof, { x: 'x', y: 'y', stroke: COLOR.roof, strokeWidth: 1.5, clip: true }),
      Plot.text(
        [`${tickText(round2(bytesPerSecond), 'bytes')}/s and ${tickText(round2(flopsPerSecond), 'FLOP/s')} measured`],
        {
          frameAnchor: 'top-left',
          dx: 4,
          dy: -16,
          fill: COLOR.muted,
        },
      ),
      Plot.link(labels, { x1: 'px', y1: 'py', x2: 'lx', y2: 'ly', stroke: COLOR.grid }),
      Plot.dot(points, {
        x: 'intensity',
        y: 'flopsPerSecond',
        r: 4,
        fill: (point) => (point.named ? COLOR.mark : COLOR.halo),
        stroke: COLOR.mark,
        strokeWidth: 1.5,
      }),
      Plot.text(labels, {
        x: 'lx',
        y: 'ly',
        text: 'text',
        textAnchor: 'start',
        fill: COLOR.label,
        stroke: COLOR.halo,
        strokeWidth: 4,
      }),
      Plot.tip(points, Plot.pointer({ x: 'intensity', y: 'flopsPerSecond', title: 'tip', fill: COLOR.halo })),
    ],
  });
}

interface Frame {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly width: number;
  readonly height: number;
}

/** Labels in data coordinates, placed in pixels by the same log scales that Plot will use. */
function placedLabels(points: RooflineChart['points'], frame: Frame) {
  const inner = {
    width: frame.width - MARGIN.marginLeft - MARGIN.marginRight,
    height: frame.height - MARGIN.marginTop - MARGIN.marginBottom,
  };
  const toX = (value: number): number => logPosition(value, frame.x) * inner.width;
  const toY = (value: number): number => (1 - logPosition(value, frame.y)) * inner.height;
  const requests = points.map((point) => ({
    x: toX(point.intensity),
    y: toY(point.flopsPerSecond),
    width: point.label.length * CHARACTER_WIDTH,
  }));
  return placeLabels(requests, { ...inner, labelHeight: LABEL_HEIGHT }).map((place, i) => ({
    text: points[i]!.label,
    px: points[i]!.intensity,
    py: points[i]!.flopsPerSecond,
    lx: logValue(place.x / inner.width, frame.x),
    ly: logValue(1 - place.y / inner.height, frame.y),
  }));
}

function logPosition(value: number, [lo, hi]: readonly [number, number]): number {
  return Math.log(value / lo) / Math.log(hi / lo);
}

function logValue(position: number, [lo, hi]: readonly [number, number]): number {
  return lo * (hi / lo) ** position;
}

/** Extent of the values, widened by a factor on both sides. */
function decades(values: readonly number[], by: number): [number, number] {
  return [Math.min(...values) / by, Math.max(...values) * by];
}

/** About one tick for every 90 px, with its unit. */
function logTicks(pixels: number, unit: 'FLOP/B' | 'FLOP/s' | 'ns' | 'tokens/s') {
  return { ticks: Math.max(2, Math.round(pixels / 90)), tickFormat: (value: number) => tickText(value, unit) };
}

function round2(value: number): number {
  return Number(value.toPrecision(2));
}

/** px of one item: a line of text over a line with its interval. */
const ITEM_HEIGHT = 40;

function drawIntervals({ items, unit, scale }: IntervalChart, width: number): Drawn {
  const lo = Math.min(...items.map((item) => item.lo));
  const hi = Math.max(...items.map((item) => Math.max(item.hi, item.p90 ?? 0)));
  const domain = scale === 'log' ? [lo / 1.5, hi * 1.5] : [0, hi * 1.05];
  return Plot.plot({
    width,
    height: items.length * ITEM_HEIGHT + 48,
    marginTop: 8,
    marginRight: 24,
    marginBottom: 40,
    marginLeft: 8,
    style: CHART_STYLE,
    x: {
      type: scale,
      domain,
      grid: true,
      label: unit === 'ns' ? (scale === 'log' ? 'time (log scale) →' : 'time →') : 'tokens per second →',
      ticks: Math.max(3, Math.round(width / 110)),
      tickFormat: (value: number) => tickText(value, unit),
    },
    y: { type: 'band', domain: items.map((item) => item.id), axis: null, padding: 0 },
    marks: [
      ...(scale === 'linear' ? [Plot.ruleX([0], { stroke: COLOR.muted })] : []),
      Plot.ruleY(items, { y: 'id', x1: 'lo', x2: 'hi', stroke: COLOR.mark, strokeWidth: 2, dy: 8, marker: 'tick' }),
      Plot.dot(items, { y: 'id', x: 'value', r: 4.5, fill: COLOR.mark, dy: 8 }),
      Plot.text(
        items.filter((item) => item.p90 !== null),
        { y: 'id', x: 'p90', text: () => '❘', fill: COLOR.label, dy: 8 },
      ),
      Plot.text(items, {
        y: 'id',
        frameAnchor: 'left',
        dx: 4,
        dy: -8,
        text: (item) => `${item.label}:  ${item.text}`,
        fill: COLOR.label,
        stroke: COLOR.halo,
        strokeWidth: 4,
      }),
    ],
  });
}

function drawStrip({ samples, unit, median, interval }: SampleChart, width: number): Drawn {
  return Plot.plot({
    width,
    height: 88,
    marginTop: 16,
    marginBottom: 36,
    marginLeft: 24,
    marginRight: 24,
    style: CHART_STYLE,
    x: {
      label: 'each sample →',
      ticks: Math.max(3, Math.round(width / 120)),
      tickFormat: (value: number) => tickText(value, unit),
    },
    marks: [
      ...(interval ? [Plot.rectX([interval], { x1: 'lo', x2: 'hi', fill: COLOR.quiet })] : []),
      Plot.tickX(samples, { x: (value: number) => value, stroke: COLOR.mark, strokeOpacity: 0.6 }),
      Plot.ruleX([median], { stroke: COLOR.roof, strokeWidth: 2 }),
    ],
  });
}

function drawSequence({ samples, unit, median, orderLabel }: SampleChart, width: number): Drawn {
  return Plot.plot({
    width,
    height: 200,
    ...MARGIN,
    style: CHART_STYLE,
    x: { label: `${orderLabel}, in the order taken →`, ticks: Math.max(3, Math.round(width / 100)) },
    y: { label: '↑ time', grid: true, zero: true, ticks: 4, tickFormat: (value: number) => tickText(value, unit) },
    marks: [
      Plot.ruleY([median], { stroke: COLOR.roof, strokeDasharray: '4 3' }),
      Plot.dot(samples, { x: (_, i) => i + 1, y: (value: number) => value, r: 2, fill: COLOR.mark }),
    ],
  });
}
