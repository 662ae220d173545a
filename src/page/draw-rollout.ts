// The rollout's fan, fronts and tornado → SVG by Observable Plot. Loaded only through draw-chart.ts. Knows no state.
import * as Plot from '@observablehq/plot';
import { tickText } from '../report/charts.ts';
import type { FrontChart } from '../report/front-chart.ts';
import type { FanChart, FanPoint, TornadoChart } from '../report/rollout-charts.ts';
import { CHART_STYLE, COLOR, FONT_SIZE } from './chart-style.ts';

const HALO = { stroke: COLOR.halo, strokeWidth: 4 } as const;
/** Blue without LPX, orange with it; lines differ in dash as well, never in colour alone. */
const SERIES = {
  'without LPX': { color: COLOR.mark, dash: undefined },
  'with LPX': { color: 'var(--worse)', dash: '6 4' },
} as const satisfies Record<FanPoint['series'], { color: string; dash: string | undefined }>;
/** px that a quarter's name takes. */
const QUARTER_ROOM = 64;

export function drawFan({ points, quarters }: FanChart, width: number): SVGSVGElement | HTMLElement {
  const margins = { marginTop: 24, marginRight: 88, marginBottom: 36, marginLeft: 80 };
  const step = Math.ceil((quarters.length * QUARTER_ROOM) / (width - margins.marginLeft - margins.marginRight));
  const last = points.filter(({ quarter }) => quarter === quarters.at(-1));
  const top = Math.max(...last.map(({ p50 }) => p50));
  return Plot.plot({
    width,
    height: Math.max(280, Math.min(420, width * 0.55)),
    ...margins,
    style: CHART_STYLE,
    x: { type: 'point', domain: quarters, label: null, ticks: quarters.filter((_, i) => i % step === 0) },
    y: {
      label: '↑ capacity',
      grid: true,
      zero: true,
      ticks: 6,
      tickFormat: (value: number) => tickText(value, 'tokens/s'),
    },
    marks: (Object.keys(SERIES) as FanPoint['series'][]).flatMap((series) => {
      const own = points.filter((point) => point.series === series);
      const { color, dash } = SERIES[series];
      return [
        Plot.areaY(own, { x: 'quarter', y1: 'p10', y2: 'p90', fill: color, fillOpacity: 0.14 }),
        Plot.areaY(own, { x: 'quarter', y1: 'p25', y2: 'p75', fill: color, fillOpacity: 0.2 }),
        Plot.lineY(own, {
          x: 'quarter',
          y: 'p50',
          stroke: color,
          strokeWidth: 2,
          ...(dash ? { strokeDasharray: dash } : {}),
        }),
        Plot.text(
          last.filter((point) => point.series === series),
          {
            x: 'quarter',
            y: 'p50',
            text: 'series',
            textAnchor: 'start',
            dx: 6,
            dy: own.at(-1)!.p50 === top ? -8 : 8,
            fill: COLOR.label,
            ...HALO,
          },
        ),
      ];
    }),
  });
}

/** Both axes logarithmic: a front that falls off bends down, wherever it does. */
export function drawFront({ points, at }: FrontChart, width: number): SVGSVGElement | HTMLElement {
  const speeds = [...new Set(points.map(({ tokensPerUser }) => tokensPerUser))].sort((a, b) => a - b);
  const shown = width < 480 ? speeds.filter((_, i) => i % 2 === 0) : speeds;
  return Plot.plot({
    width,
    height: Math.max(280, Math.min(420, width * 0.55)),
    marginTop: 24,
    marginRight: 88,
    marginBottom: 40,
    marginLeft: 80,
    style: CHART_STYLE,
    x: { type: 'log', ticks: shown, tickFormat: (value: number) => String(value), label: 'tokens/s for each user →' },
    y: {
      type: 'log',
      grid: true,
      label: '↑ tokens/s per MW',
      ticks: 5,
      tickFormat: (value: number) => tickText(value, 'tokens/s'),
    },
    marks: [
      Plot.ruleX([at], { stroke: COLOR.roof, strokeDasharray: '4 3' }),
      ...(Object.keys(SERIES) as FanPoint['series'][]).flatMap((series) => {
        const own = points.filter((point) => point.series === series);
        const { color, dash } = SERIES[series];
        return [
          Plot.line(own, {
            x: 'tokensPerUser',
            y: 'tokensPerMegawatt',
            stroke: color,
            strokeWidth: 2,
            ...(dash ? { strokeDasharray: dash } : {}),
          }),
          Plot.dot(own, { x: 'tokensPerUser', y: 'tokensPerMegawatt', r: 3, fill: color }),
          Plot.text(own.slice(-1), {
            x: 'tokensPerUser',
            y: 'tokensPerMegawatt',
            text: 'series',
            textAnchor: 'start',
            dx: 8,
            fill: COLOR.label,
            ...HALO,
          }),
        ];
      }),
    ],
  });
}

/** px of one bar with its text over it: one line, or two in a window too narrow for both of its parts. */
const BAR = { height: 40, textY: -8, barY: 9 } as const;
const NARROW_BAR = { height: 58, textY: -10, barY: 18 } as const;
const NARROW = 480;

export function drawTornado({ bars, middle, unit }: TornadoChart, width: number): SVGSVGElement | HTMLElement {
  const narrow = width < NARROW;
  const bar = narrow ? NARROW_BAR : BAR;
  return Plot.plot({
    width,
    height: bars.length * bar.height + 48,
    marginTop: 8,
    marginRight: 24,
    marginBottom: 40,
    marginLeft: 16,
    style: CHART_STYLE,
    x: {
      grid: true,
      label: unit === '1' ? 'with LPX over without →' : 'capacity →',
      ticks: Math.max(3, Math.round(width / 110)),
      tickFormat: (value: number) => tickText(value, unit),
    },
    y: { type: 'band', domain: bars.map(({ label }) => label), axis: null, padding: 0 },
    marks: [
      Plot.ruleX([middle], { stroke: COLOR.roof, strokeDasharray: '4 3' }),
      Plot.ruleY(bars, { y: 'label', x1: 'low', x2: 'high', stroke: COLOR.mark, strokeWidth: 8, dy: bar.barY }),
      Plot.dot(bars, {
        y: 'label',
        x: 'high',
        r: 4,
        fill: COLOR.halo,
        stroke: COLOR.mark,
        strokeWidth: 2,
        dy: bar.barY,
      }),
      Plot.text(bars, {
        y: 'label',
        frameAnchor: 'left',
        dx: 4,
        dy: bar.textY,
        text: ({ label, text }) => `${label}${narrow ? '\n' : '   '}${text}`,
        lineHeight: 1.3,
        lineWidth: (width - 48) / FONT_SIZE,
        textOverflow: 'ellipsis',
        fill: COLOR.label,
        ...HALO,
      }),
    ],
  });
}
