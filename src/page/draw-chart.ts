// Chart data → SVG by Observable Plot. Loaded on demand: nothing else may import Plot. Knows no state.
import * as Plot from '@observablehq/plot';
import { type ChartSpec, type ChartUnit, type IntervalChart, type SampleChart, tickText } from '../report/charts.ts';
import type { RooflineChart } from '../report/roofline-chart.ts';
import { CHART_STYLE, COLOR, FONT_SIZE } from './chart-style.ts';
import { drawFan, drawFront, drawTornado } from './draw-rollout.ts';
import { drawSweep } from './draw-sweep.ts';
import { type Frame, labelPlaces } from './roofline-labels.ts';

type Drawn = SVGSVGElement | HTMLElement;
type Extent = readonly [lo: number, hi: number];

export function drawChart(spec: ChartSpec, width: number): Drawn {
  if (spec.kind === 'roofline') return drawRoofline(spec, width);
  if (spec.kind === 'intervals') return drawIntervals(spec, width);
  if (spec.kind === 'fan') return drawFan(spec, width);
  if (spec.kind === 'sweep') return drawSweep(spec, width);
  if (spec.kind === 'tornado') return drawTornado(spec, width);
  if (spec.kind === 'front') return drawFront(spec, width);
  return spec.kind === 'strip' ? drawStrip(spec, width) : drawSequence(spec, width);
}

const MARGIN = { marginTop: 24, marginRight: 16, marginBottom: 40, marginLeft: 80 } as const;
/** A halo in the surface colour keeps text legible over lines. */
const HALO = { stroke: COLOR.halo, strokeWidth: 4 } as const;

function drawRoofline(spec: RooflineChart, width: number): Drawn {
  const { bytesPerSecond, flopsPerSecond, otherRoofs, points } = spec;
  const ridge = flopsPerSecond / bytesPerSecond;
  const ridges = [ridge, ...otherRoofs.map((other) => other.flopsPerSecond / bytesPerSecond)];
  const x = widened([...points.map((point) => point.intensity), ...ridges], 1.6);
  const roofs = [flopsPerSecond, ...otherRoofs.map((other) => other.flopsPerSecond)];
  const y = widened([...points.map((point) => point.flopsPerSecond), ...roofs, bytesPerSecond * x[0]], 1.6);
  const height = Math.max(320, Math.min(460, width * 0.6));
  const highest = Math.max(...roofs);
  const roof = [
    { x: x[0], y: x[0] * bytesPerSecond },
    { x: ridge, y: flopsPerSecond },
    { x: x[1], y: flopsPerSecond },
  ];
  // The slope goes on to the highest of the other roofs; each of them begins where it meets the slope.
  const slope = [roof[1]!, { x: highest / bytesPerSecond, y: highest }];
  const others = otherRoofs.map((other) => ({ ...other, x: other.flopsPerSecond / bytesPerSecond }));
  const frame: Frame = { x, y, width, height, ...MARGIN };
  const flat = others.map(({ x: from, flopsPerSecond }) => [
    { x: from, y: flopsPerSecond },
    { x: x[1], y: flopsPerSecond },
  ]);
  const labels = labelPlaces(points, [roof, ...(others.length === 0 ? [] : [slope]), ...flat], frame);
  return Plot.plot({
    ...MARGIN,
    width,
    height,
    style: CHART_STYLE,
    x: { type: 'log', domain: x },
    y: { type: 'log', domain: y },
    marks: [
      ...axis('x', logTicks(x, width), 'FLOP/B', 'flops per byte →'),
      ...axis('y', logTicks(y, height), 'FLOP/s', '↑ attained'),
      Plot.line(roof, { x: 'x', y: 'y', stroke: COLOR.roof, strokeWidth: 1.5 }),
      ...(others.length === 0
        ? []
        : [Plot.line(slope, { x: 'x', y: 'y', stroke: COLOR.roof, strokeDasharray: '4 3' })]),
      Plot.link(others, {
        x1: 'x',
        x2: x[1],
        y1: 'flopsPerSecond',
        y2: 'flopsPerSecond',
        stroke: COLOR.roof,
        strokeDasharray: '4 3',
      }),
      Plot.text([...(others.length === 0 ? [] : [{ label: 'f32', flopsPerSecond }]), ...others], {
        x: x[1],
        y: 'flopsPerSecond',
        text: 'label',
        textAnchor: 'end',
        dy: -6,
        fill: COLOR.muted,
        ...HALO,
      }),
      Plot.link(labels, { x1: 'px', y1: 'py', x2: 'lx', y2: 'ly', stroke: COLOR.muted, strokeOpacity: 0.6 }),
      Plot.dot(points, {
        x: 'intensity',
        y: 'flopsPerSecond',
        r: 4,
        fill: (point) => (point.named ? COLOR.mark : COLOR.halo),
        stroke: COLOR.mark,
        strokeWidth: 1.5,
      }),
      Plot.text(labels, { x: 'lx', y: 'ly', text: 'text', textAnchor: 'start', fill: COLOR.label, ...HALO }),
      Plot.tip(points, Plot.pointer({ x: 'intensity', y: 'flopsPerSecond', title: 'tip', fill: COLOR.halo })),
    ],
  });
}

/** Extent of the values, widened by a factor on both sides. */
function widened(values: readonly number[], by: number): Extent {
  return [Math.min(...values) / by, Math.max(...values) * by];
}

/** px that a tick with its unit takes. */
const TICK_ROOM = 80;

/** Ticks at 1, 2 and 5 of each decade where there is room for them, else at the decades alone. */
function logTicks([lo, hi]: Extent, pixels: number): number[] {
  const steps = Math.log10(hi / lo) * 3 * TICK_ROOM > pixels ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(lo)); 10 ** power <= hi; power++) {
    ticks.push(...steps.map((step) => step * 10 ** power).filter((tick) => tick >= lo && tick <= hi));
  }
  return ticks;
}

/** Grid and axis. The texts are a channel: a log scale's own tick format would leave some of them out. */
function axis(which: 'x' | 'y', ticks: readonly number[] | number, unit: ChartUnit, label: string) {
  const text = (value: number): string => tickText(value, unit);
  return which === 'x'
    ? [Plot.gridX({ ticks, stroke: COLOR.grid, strokeOpacity: 1 }), Plot.axisX({ ticks, text, label })]
    : [Plot.gridY({ ticks, stroke: COLOR.grid, strokeOpacity: 1 }), Plot.axisY({ ticks, text, label })];
}

/** About one tick for every 110 px. */
function linearTicks(pixels: number): number {
  return Math.max(3, Math.round(pixels / 110));
}

/** Below this width a label and its value stand in two lines, px. */
const NARROW = 480;
/** An item is its text over a line with its interval: its height, and how far text and line stand from its middle, px. */
const ITEM = { height: 40, textY: -8, lineY: 8 } as const;
const NARROW_ITEM = { height: 60, textY: -10, lineY: 14 } as const;
/** Half the height of an interval's ends, px. */
const TICK = 6;

function drawIntervals({ items, unit, scale }: IntervalChart, width: number): Drawn {
  const lo = Math.min(...items.map((item) => item.lo));
  const hi = Math.max(...items.map((item) => Math.max(item.hi, item.p90 ?? 0)));
  const domain: Extent = scale === 'log' ? [lo / 1.5, hi * 1.5] : [0, hi * 1.05];
  const item = width < NARROW ? NARROW_ITEM : ITEM;
  const ends = {
    strokeWidth: 1.5,
    insetTop: item.height / 2 + item.lineY - TICK,
    insetBottom: item.height / 2 - item.lineY - TICK,
  };
  const what = unit === 'ns' ? 'time' : 'tokens per second';
  const label = scale === 'log' ? `${what}, log scale →` : `${what} →`;
  return Plot.plot({
    width,
    height: items.length * item.height + 48,
    marginTop: 8,
    marginRight: 24,
    marginBottom: 40,
    marginLeft: 16,
    style: CHART_STYLE,
    x: { type: scale, domain },
    y: { type: 'band', domain: items.map((item) => item.id), axis: null, padding: 0 },
    marks: [
      ...axis('x', scale === 'log' ? logTicks(domain, width) : linearTicks(width), unit, label),
      ...(scale === 'linear' ? [Plot.ruleX([0], { stroke: COLOR.muted })] : []),
      Plot.ruleY(items, { y: 'id', x1: 'lo', x2: 'hi', stroke: COLOR.mark, strokeWidth: 2, dy: item.lineY }),
      ...['lo', 'hi'].map((x) => Plot.tickX(items, { y: 'id', x, stroke: COLOR.mark, ...ends })),
      Plot.tickX(
        items.filter(({ p90 }) => p90 !== null),
        { y: 'id', x: 'p90', stroke: COLOR.label, ...ends },
      ),
      Plot.dot(items, { y: 'id', x: 'value', r: 3.5, fill: COLOR.mark, dy: item.lineY }),
      Plot.text(items, {
        y: 'id',
        frameAnchor: 'left',
        dx: 4,
        dy: item.textY,
        text: ({ label: name, text }) => (width < NARROW ? `${name}\n${text}` : `${text}   ${name}`),
        lineWidth: (width - 48) / FONT_SIZE,
        textOverflow: 'ellipsis',
        lineHeight: 1.3,
        fill: COLOR.label,
        ...HALO,
      }),
    ],
  });
}

/** A strip's height and margins; its samples are ticks of this height along the bottom, all px. */
const STRIP = { height: 160, marginTop: 24, marginBottom: 36, marginLeft: 48, marginRight: 24, tick: 16 } as const;

function drawStrip({ samples, unit, median, interval }: SampleChart, width: number): Drawn {
  const { tick, ...layout } = STRIP;
  const sorted = [...samples].sort((a, b) => a - b);
  const reached = sorted.map((value, i) => ({ value, share: (i + 1) / sorted.length }));
  // The step up to the lowest sample starts at nothing.
  const steps = [{ value: sorted[0]!, share: 0 }, ...reached];
  return Plot.plot({
    ...layout,
    width,
    style: CHART_STYLE,
    y: { domain: [0, 1] },
    marks: [
      ...axis('x', linearTicks(width), unit, 'each sample →'),
      ...axis('y', [0, 0.5, 1], '1', '↑ share of samples at or below'),
      ...(interval ? [Plot.rectX([interval], { x1: 'lo', x2: 'hi', fill: COLOR.quiet, fillOpacity: 0.6 })] : []),
      Plot.tickX(samples, {
        x: (value: number) => value,
        stroke: COLOR.mark,
        strokeOpacity: 0.6,
        insetTop: layout.height - layout.marginTop - layout.marginBottom - tick,
      }),
      Plot.line(steps, { x: 'value', y: 'share', curve: 'step-after', stroke: COLOR.mark, strokeWidth: 1.5 }),
      Plot.ruleX([median], { stroke: COLOR.roof, strokeWidth: 2 }),
    ],
  });
}

function drawSequence({ samples, places, unit, median, placeLabel }: SampleChart, width: number): Drawn {
  return Plot.plot({
    width,
    height: 200,
    ...MARGIN,
    style: CHART_STYLE,
    x: { label: `${placeLabel} →`, ticks: Math.max(3, Math.round(width / 100)) },
    y: { zero: true },
    marks: [
      ...axis('y', 4, unit, '↑ time'),
      Plot.ruleY([median], { stroke: COLOR.roof, strokeDasharray: '4 3' }),
      Plot.dot(samples, { x: places, y: (value: number) => value, r: 2, fill: COLOR.mark, fillOpacity: 0.7 }),
    ],
  });
}
