// How wrong the fleet's two steps are on data that holds the answer: interpolation by leaving measured points out,
// transfer by predicting one measured GPU generation from an older one. Reported as found, good or bad.
import { median, sortSamples } from '../stats/order-statistics.ts';
import { BLACKWELL, findConstant, findGpu, findModel } from './catalogue.ts';
import { logSd, Z } from './draws.ts';
import { describeWorkload, type Front, listFronts, placeOn, rangeOf } from './front.ts';
import { specRatio, stepWork } from './work.ts';

interface CheckedPoint {
  readonly what: string;
  readonly measured: number;
  readonly predicted: number;
  /** Whether the 80 % interval around the prediction held the measurement. */
  readonly covered: boolean;
}

export interface Check {
  readonly points: readonly CheckedPoint[];
  /** Share of points covered, nominally 0.8; null without points. */
  readonly coverage: number | null;
  /** Median of |log(measured / predicted)|. */
  readonly medianAbsLogRatio: number | null;
  /** Median of log(measured / predicted): positive when the prediction is too low. */
  readonly medianLogRatio: number | null;
}

/** Each inner point of every front of the model, on every GPU, predicted from its two neighbours. */
export function checkInterpolation(model: string): Check {
  const spread = logSd(findConstant('rate/measurement-spread'));
  const points = frontsOf(model, ['H100 SXM', 'H200 SXM', BLACKWELL]).flatMap((front) =>
    front.points.slice(1, -1).map((left) => {
      const rest = { ...front, points: front.points.filter((p) => p !== left) };
      const { tokensPerGpu } = placeOn(rest, left.tokensPerUser);
      return checked(
        `${front.hardware}, ${nameOf(front, left.tokensPerUser)}`,
        left.tokensPerGpu,
        tokensPerGpu,
        spread,
      );
    }),
  );
  return summarize(points);
}

/** Each Blackwell point of the model predicted from the H200's front of the same workload, within its range. */
export function checkTransfer(model: string): Check {
  const spread = Math.hypot(
    logSd(findConstant('rate/measurement-spread')),
    logSd(findConstant(findModel(model).transfer)),
  );
  const [from, to] = [findGpu('H200 SXM'), findGpu(BLACKWELL)];
  const older = new Map(frontsOf(model, [from.name]).map((front) => [describeWorkload(front.workload), front]));
  const points = frontsOf(model, [to.name]).flatMap((front) => {
    const source = older.get(describeWorkload(front.workload));
    if (!source) return [];
    const { lo, hi } = rangeOf(source);
    const inside = front.points.filter((p) => p.tokensPerUser >= lo && p.tokensPerUser <= hi);
    return inside.map((point) => {
      const place = placeOn(source, point.tokensPerUser);
      const work = stepWork(front.workload, place.concurrency);
      const predicted = place.tokensPerGpu * specRatio(work, front.workload.precision, from, to);
      return checked(nameOf(front, point.tokensPerUser), point.tokensPerGpu, predicted, spread);
    });
  });
  return summarize(points);
}

function frontsOf(model: string, hardware: readonly string[]): Front[] {
  return hardware.flatMap((name) => listFronts(name).filter((front) => front.workload.model === model));
}

function nameOf(front: Front, tokensPerUser: number): string {
  return `${describeWorkload(front.workload)} at ${tokensPerUser} tokens/s/user`;
}

function checked(what: string, measured: number, predicted: number, sd: number): CheckedPoint {
  return { what, measured, predicted, covered: Math.abs(Math.log(measured / predicted)) <= Z[0.8] * sd };
}

function summarize(points: readonly CheckedPoint[]): Check {
  if (points.length === 0) return { points, coverage: null, medianAbsLogRatio: null, medianLogRatio: null };
  const logs = points.map((p) => Math.log(p.measured / p.predicted));
  return {
    points,
    coverage: points.filter((p) => p.covered).length / points.length,
    medianAbsLogRatio: median(sortSamples(logs.map(Math.abs))),
    medianLogRatio: median(sortSamples(logs)),
  };
}
