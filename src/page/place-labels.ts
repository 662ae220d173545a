// Places point labels so that none lies on another: greedy, top to bottom, each moved up or down in steps until it is free.
// Numbers in, numbers out; knows no drawing library.

export interface LabelRequest {
  /** Of the point, px from the top left. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

export interface PlacedLabel {
  /** Left edge and vertical middle of the label, px. */
  readonly x: number;
  readonly y: number;
}

interface Area {
  readonly width: number;
  readonly height: number;
  readonly labelHeight: number;
}

/** Clear space between a point and its label, px. */
const OFFSET = 8;
/** Width of a point with the air around it, px. */
const DOT = 10;

/** One place for each request, in order, clear of the other labels and of all points in `dots`. A label goes right of its point, or left where the right edge is too near. */
export function placeLabels(
  requests: readonly LabelRequest[],
  dots: readonly Pick<LabelRequest, 'x' | 'y'>[],
  area: Area,
): PlacedLabel[] {
  const placed = dots.map(({ x, y }) => ({ x: x - DOT / 2, y, width: DOT }));
  const order = requests.map((_, i) => i).sort((a, b) => requests[a]!.y - requests[b]!.y);
  const result: PlacedLabel[] = new Array(requests.length);
  for (const i of order) {
    const { x, y, width } = requests[i]!;
    const left = x + OFFSET + width <= area.width ? x + OFFSET : Math.max(0, x - OFFSET - width);
    const free = (middle: number): boolean =>
      placed.every(
        (other) =>
          Math.abs(other.y - middle) >= area.labelHeight || left + width <= other.x || other.x + other.width <= left,
      );
    const label = { x: left, y: nearestFree(y, area, free), width };
    placed.push(label);
    result[i] = { x: label.x, y: label.y };
  }
  return result;
}

/** The free height nearest to the wanted one, inside the area; the wanted one when all is taken. */
function nearestFree(wanted: number, { height, labelHeight }: Area, free: (middle: number) => boolean): number {
  const step = labelHeight / 2;
  const clamp = (value: number): number => Math.min(height - labelHeight / 2, Math.max(labelHeight / 2, value));
  for (let distance = 0; distance <= height; distance += step) {
    for (const candidate of [clamp(wanted + distance), clamp(wanted - distance)]) {
      if (free(candidate)) return candidate;
    }
  }
  return clamp(wanted);
}
