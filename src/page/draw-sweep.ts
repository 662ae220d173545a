// Lines of figures over one number that was swept, each with its interval, named at its end. Part of the chart drawing, loaded
// with it on demand.
import * as Plot from '@observablehq/plot';
import { tickText } from '../report/charts.ts';
import type { SweepChart } from '../report/sweep-charts.ts';
import { CHART_STYLE, COLOR } from './chart-style.ts';

/** px; the left one holds a tick with its unit, the bottom one the axis' name. */
const LAYOUT = { height: 240, marginTop: 24, marginRight: 24, marginBottom: 40, marginLeft: 80 } as const;
const HALO = { stroke: COLOR.halo, strokeWidth: 4 } as const;
/** Lines of one chart are told apart by dash as well as by their names: never by colour. */
const DASHES = ['', '6 3', '2 3', '8 3 2 3'] as const;

export function drawSweep({ series, unit, xLabel }: SweepChart, width: number): SVGSVGElement | HTMLElement {
  const points = series.flatMap(({ label, points: own }, index) => own.map((point) => ({ ...point, label, index })));
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const shown = thinned(xs, Math.max(2, Math.floor((width - LAYOUT.marginLeft) / 56)));
  const text = (value: number): string => tickText(value, unit);
  return Plot.plot({
    ...LAYOUT,
    width,
    style: CHART_STYLE,
    x: { type: 'log', domain: [xs[0]!, xs.at(-1)!] },
    y: { zero: true, nice: true },
    marks: [
      Plot.gridX({ ticks: shown, stroke: COLOR.grid, strokeOpacity: 1 }),
      Plot.axisX({ ticks: shown, text: (value: number) => String(value), label: `${xLabel} →` }),
      Plot.gridY({ ticks: 4, stroke: COLOR.grid, strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, text, label: unit === 'ns' ? '↑ time' : '↑ tokens per second' }),
      ...series.map(({ points: own }, index) =>
        Plot.line(own, {
          x: 'x',
          y: 'y',
          stroke: COLOR.mark,
          strokeWidth: 1.5,
          strokeDasharray: DASHES[index % DASHES.length]!,
        }),
      ),
      Plot.ruleX(points, { x: 'x', y1: 'lo', y2: 'hi', stroke: COLOR.mark, strokeWidth: 2 }),
      Plot.dot(points, { x: 'x', y: 'y', r: 3, fill: COLOR.mark }),
      ...series.map(({ label, points: own }) =>
        Plot.text(own.slice(-1), {
          x: 'x',
          y: 'y',
          text: () => label,
          textAnchor: 'end',
          dx: -8,
          dy: -10,
          fill: COLOR.label,
          ...HALO,
        }),
      ),
    ],
  });
}

/** At most `most` of the values, the first and the last among them. */
function thinned(values: readonly number[], most: number): number[] {
  const step = Math.max(1, Math.ceil((values.length - 1) / (most - 1)));
  return values.filter((_, i) => i % step === 0 || i === values.length - 1);
}
