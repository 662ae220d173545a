// One row of the forest plot, and the axis above all rows. Drawn at any width without measuring it: shapes stretch, strokes
// do not. Hidden from screen readers, since the row's text holds the same figures.
import { type ForestAxis, forestMark, shareOf } from '../report/forest.ts';
import type { ComparedRow } from '../results/compare.ts';

/** User units of the stretched drawing. */
const WIDTH = 1000;
const HEIGHT = 24;
const MIDDLE = HEIGHT / 2;
/** Half the height of an interval's ends. */
const TICK = 5;

interface ForestCellProps {
  readonly row: ComparedRow;
  readonly axis: ForestAxis;
}

export function ForestCell({ row, axis }: ForestCellProps) {
  const mark = forestMark(row, axis);
  if (!mark) return null;
  const [at, lo, hi] = [mark.at, mark.lo, mark.hi].map((share) => share * WIDTH) as [number, number, number];
  const band = { x: mark.band.lo * WIDTH, width: (mark.band.hi - mark.band.lo) * WIDTH };
  return (
    <svg class="forest-row" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="forest-band" x={band.x} y="0" width={band.width} height={HEIGHT} />
      <line class="forest-one" x1={WIDTH / 2} x2={WIDTH / 2} y1="0" y2={HEIGHT} />
      <line class="forest-mark" x1={lo} x2={hi} y1={MIDDLE} y2={MIDDLE} />
      <IntervalEnd x={lo} beyond={mark.beyondLo} inward={1} />
      <IntervalEnd x={hi} beyond={mark.beyondHi} inward={-1} />
      {/* A line of no length with round ends: the one shape that stays a disc however the drawing is stretched. */}
      <line class="forest-mark forest-dot" x1={at} x2={at} y1={MIDDLE} y2={MIDDLE} />
    </svg>
  );
}

/** A tick where the interval ends; an arrowhead where it goes on beyond the axis. */
function IntervalEnd({ x, beyond, inward }: { readonly x: number; readonly beyond: boolean; readonly inward: 1 | -1 }) {
  const points = beyond
    ? `${x + inward * 20},${MIDDLE - TICK} ${x},${MIDDLE} ${x + inward * 20},${MIDDLE + TICK}`
    : `${x},${MIDDLE - TICK} ${x},${MIDDLE + TICK}`;
  return <polyline class="forest-mark" points={points} />;
}

export function ForestHead({ axis }: { readonly axis: ForestAxis }) {
  return (
    <>
      <span class="visually-hidden">drawn</span>
      <span class="forest-ticks" aria-hidden="true">
        {axis.ticks.map((tick) => (
          <span key={tick} style={{ left: `${shareOf(tick, axis) * 100}%` }}>
            {tick}
          </span>
        ))}
      </span>
    </>
  );
}
