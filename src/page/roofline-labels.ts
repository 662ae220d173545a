// Where the labels of the roofline chart stand: placed in pixels by the chart's own log scales, given back in its units.
// Knows no drawing library.
import type { RooflinePoint } from '../report/roofline-chart.ts';
import { CHARACTER_WIDTH, LABEL_HEIGHT } from './chart-style.ts';
import { placeLabels } from './place-labels.ts';

/** Domains of both log axes, and the drawing's size and margins, px. */
export interface Frame {
  readonly x: readonly [lo: number, hi: number];
  readonly y: readonly [lo: number, hi: number];
  readonly width: number;
  readonly height: number;
  readonly marginTop: number;
  readonly marginRight: number;
  readonly marginBottom: number;
  readonly marginLeft: number;
}

/** A label with its point (`px`, `py`) and its own left middle (`lx`, `ly`), in the units of the axes. */
export interface LabelPlace {
  readonly text: string;
  readonly px: number;
  readonly py: number;
  readonly lx: number;
  readonly ly: number;
}

/** A narrower drawing has room for few labels: those of the points nearest to their roof. px. */
const NARROW = 480;
const LABELS_IF_NARROW = 2;

/** A corner of a roof's line, in the units of the axes. */
interface Corner {
  readonly x: number;
  readonly y: number;
}

/** px between the places of a roof that labels keep clear of. */
const ROOF_STEP = 12;

/** One place for each named point, clear of every point and of the roofs' lines. */
export function labelPlaces(
  all: readonly RooflinePoint[],
  roofs: readonly (readonly Corner[])[],
  frame: Frame,
): LabelPlace[] {
  const named = all.filter((point) => point.named).sort((a, b) => b.share - a.share);
  const points = frame.width < NARROW ? named.slice(0, LABELS_IF_NARROW) : named;
  const inner = {
    width: frame.width - frame.marginLeft - frame.marginRight,
    height: frame.height - frame.marginTop - frame.marginBottom,
  };
  const pixelsOf = (x: number, y: number) => ({
    x: position(x, frame.x) * inner.width,
    y: (1 - position(y, frame.y)) * inner.height,
  });
  const toPixels = (point: RooflinePoint) => ({
    ...pixelsOf(point.intensity, point.flopsPerSecond),
    width: point.label.length * CHARACTER_WIDTH,
  });
  const lines = roofs.flatMap((corners) => alongLine(corners.map(({ x, y }) => pixelsOf(x, y))));
  return placeLabels(points.map(toPixels), [...all.map(toPixels), ...lines], {
    ...inner,
    labelHeight: LABEL_HEIGHT,
  }).map((place, i) => ({
    text: points[i]!.label,
    px: points[i]!.intensity,
    py: points[i]!.flopsPerSecond,
    lx: valueAt(place.x / inner.width, frame.x),
    ly: valueAt(1 - place.y / inner.height, frame.y),
  }));
}

/** Places on a polyline, ROOF_STEP apart. */
function alongLine(corners: readonly Corner[]): Corner[] {
  return corners.slice(1).flatMap((to, i) => {
    const from = corners[i]!;
    const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / ROOF_STEP));
    return Array.from({ length: steps + 1 }, (_, step) => ({
      x: from.x + ((to.x - from.x) * step) / steps,
      y: from.y + ((to.y - from.y) * step) / steps,
    }));
  });
}

function position(value: number, [lo, hi]: Frame['x']): number {
  return Math.log(value / lo) / Math.log(hi / lo);
}

function valueAt(share: number, [lo, hi]: Frame['x']): number {
  return lo * (hi / lo) ** share;
}
