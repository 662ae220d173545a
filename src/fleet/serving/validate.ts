// How wrong the serving model is on measurements kept out of its calibration: by model, by generation, with and without a
// few points of the target, beside a pure roofline. Reported as found; nothing here moves a parameter.
import { median, quantile, sortSamples } from '../../stats/order-statistics.ts';
import { type Calibration, calibrate } from './calibrate.ts';
import { doubtOf } from './doubts.ts';
import type { MeasuredReplica } from './fit.ts';
import type { Parameters } from './parameters.ts';
import { kindOf, type Point } from './points.ts';
import { measuredReplicaOf, questionsOf } from './question.ts';
import { subjectOf } from './resolve.ts';
import { rooflineSeconds } from './roofline.ts';
import { type Judged, judgeDomain, mean, type Scores, score80, scoresOf } from './scores.ts';
import { steadyState } from './steady.ts';

export interface ValidationRow {
  readonly name: string;
  readonly tpot: Scores;
  /** tokens/s/GPU of the same load. */
  readonly rate: Scores;
  /** Time to first token. */
  readonly ttft: Scores;
  /** |predicted / measured − 1| of tokens/s/GPU at the measured tokens/s/user, median. */
  readonly rateAtUserError: number;
  readonly roofline: { readonly medianError: number; readonly meanError: number; readonly score80: number };
}

export interface CapacityRow {
  readonly name: string;
  readonly capacity: Scores;
}

export interface Validation {
  /** Each point from the other four fifths. */
  readonly crossValidated: readonly ValidationRow[];
  readonly acrossGenerations: readonly ValidationRow[];
  readonly acrossModels: readonly ValidationRow[];
  /** MLPerf and vendor tables: each chip and each model from all the others. */
  readonly capacity: readonly CapacityRow[];
  /** Runs whose own latencies contradict their label; in every row above unless it says otherwise. */
  readonly doubts: readonly Doubt[];
}

interface Doubt {
  readonly id: string;
  readonly reason: string;
}

interface ServingJudged {
  readonly point: Point;
  readonly tpot: Judged;
  readonly rate: Judged;
  readonly ttft: Judged;
  readonly rateAtUser: number;
  readonly rooflineError: number;
  readonly rooflineScore: number;
}

export function validate(points: readonly Point[]): Validation {
  const serving = points.filter((point) => measuredReplicaOf(point) !== null);
  return {
    crossValidated: crossValidate(serving),
    acrossGenerations: acrossGenerations(serving),
    acrossModels: acrossModels(serving),
    capacity: capacityRows(points),
    doubts: serving.flatMap((point) => {
      const reason = doubtOf(point);
      return reason === null ? [] : [{ id: point.id, reason }];
    }),
  };
}

const modelOf = (point: Point): string => {
  const subject = subjectOf(point);
  return 'reason' in subject ? '' : subject.model.name;
};
const chipOf = (point: Point): string => {
  const subject = subjectOf(point);
  return 'reason' in subject ? '' : subject.chip.name;
};
const generationOf = (point: Point): string => {
  const subject = subjectOf(point);
  return 'reason' in subject ? '' : subject.chip.generation;
};
const isMoe = (point: Point): boolean => {
  const subject = subjectOf(point);
  return !('reason' in subject) && subject.model.experts !== null;
};

const FOLDS = 5;

function crossValidate(serving: readonly Point[]): ValidationRow[] {
  const ordered = [...serving].sort((a, b) => (a.id < b.id ? -1 : 1));
  const judged = Array.from({ length: FOLDS }, (_, fold) =>
    judge(
      ordered.filter((_point, i) => i % FOLDS !== fold),
      ordered.filter((_point, i) => i % FOLDS === fold),
    ),
  ).flat();
  const nameOf = ({ point }: ServingJudged): string => `${modelOf(point)}, ${generationOf(point)}`;
  const names = [...new Set(judged.map(nameOf))].sort();
  const rows = names.flatMap((name) =>
    rowsOf(
      name,
      judged.filter((one) => nameOf(one) === name),
    ),
  );
  return [
    rowOf(
      'all dense',
      judged.filter(({ point }) => !isMoe(point)),
    ),
    rowOf(
      'all mixture of experts',
      judged.filter(({ point }) => isMoe(point)),
    ),
    ...rows,
  ];
}

function acrossGenerations(serving: readonly Point[]): ValidationRow[] {
  const old = serving.filter((point) => generationOf(point) === 'hopper');
  const fresh = serving.filter((point) => generationOf(point) === 'blackwell');
  const dense = rowOf(
    'dense, Hopper to Blackwell',
    judge(
      old,
      fresh.filter((point) => !isMoe(point)),
    ),
  );
  const models = [...new Set(fresh.filter(isMoe).map(modelOf))].sort();
  const moe = models.flatMap((model) => {
    const target = fresh.filter((point) => modelOf(point) === model);
    const without = rowOf(`${model}, Hopper to Blackwell`, judge(old, target));
    if (target.length <= GIVEN) return [without];
    const [given, rest] = split(target);
    return [without, rowOf(`${model}, Hopper to Blackwell, ${GIVEN} points given`, judge([...old, ...given], rest))];
  });
  return [dense, ...moe];
}

function acrossModels(serving: readonly Point[]): ValidationRow[] {
  const models = [...new Set(serving.map(modelOf))].sort();
  return models.flatMap((model) => {
    const target = serving.filter((point) => modelOf(point) === model);
    const others = serving.filter((point) => modelOf(point) !== model);
    const [given, rest] = split(target);
    return [
      ...rowsOf(`${model}, from the other models`, judge(others, target)),
      ...rowsOf(`${model}, ${GIVEN} points given`, judge([...others, ...given], rest)),
    ];
  });
}

/** One row, and a second one without the runs in doubt where there are any. */
function rowsOf(name: string, judged: readonly ServingJudged[]): ValidationRow[] {
  const sound = judged.filter(({ point }) => doubtOf(point) === null);
  const all = rowOf(name, judged);
  return sound.length === judged.length ? [all] : [all, rowOf(`${name}, without runs in doubt`, sound)];
}

/** Points of the target that calibration may see, evenly spaced in the order of their ids. */
const GIVEN = 5;

function split(target: readonly Point[]): [Point[], Point[]] {
  const ordered = [...target].sort((a, b) => (a.id < b.id ? -1 : 1));
  const chosen = new Set(Array.from({ length: GIVEN }, (_, i) => Math.floor(((i + 0.5) * ordered.length) / GIVEN)));
  return [ordered.filter((_, i) => chosen.has(i)), ordered.filter((_, i) => !chosen.has(i))];
}

function judge(train: readonly Point[], test: readonly Point[]): ServingJudged[] {
  const calibration = calibrate(train);
  const baseline = rooflineSpread(train);
  return test.map((point) => {
    const measured = measuredReplicaOf(point)!;
    const rooflineError = Math.log(measured.tpotSeconds / rooflineSeconds(measured.replica, measured.concurrency));
    return {
      point,
      tpot: judgeDomain(point, 'tpot', calibration),
      rate: judgeDomain(point, 'rate', calibration),
      ttft: judgeDomain(point, 'ttft', calibration),
      rateAtUser: rateAtUser(measured, calibration.parameters, shiftOf(point, calibration)),
      rooflineError,
      rooflineScore: score80(Math.abs(rooflineError - baseline.shift), baseline.halfWidth),
    };
  });
}

/** Log-scale shift of the point's time per token by the offsets. */
function shiftOf(point: Point, calibration: Calibration): number {
  const asked = questionsOf(point, calibration.parameters);
  const question = 'reason' in asked ? undefined : asked.find((entry) => entry.domain === 'tpot');
  return question ? calibration.correct(question).mean : 0;
}

/**
 * log(measured / predicted) of tokens/s/GPU at the measured time per token: the load is solved for by bisection between one
 * request and 8 times the measured load, and stays at the nearer end where no load gives that time.
 */
function rateAtUser(measured: MeasuredReplica, parameters: Parameters, shift: number): number {
  const at = (logLoad: number) => steadyState(measured.replica, Math.exp(logLoad), parameters);
  let [lo, hi] = [0, Math.log(8 * measured.concurrency)];
  for (let i = 0; i < 40; i++) {
    const middle = (lo + hi) / 2;
    if (at(middle).tpotSeconds * Math.exp(shift) < measured.tpotSeconds) lo = middle;
    else hi = middle;
  }
  return Math.log(measured.tokensPerGpu / (at((lo + hi) / 2).tokensPerGpu / Math.exp(shift)));
}

/** The roofline's best case: its median error on the training points taken off, and 80 % of them within one constant width. */
function rooflineSpread(train: readonly Point[]): { shift: number; halfWidth: number } {
  const errors = train.flatMap((point) => {
    const measured = measuredReplicaOf(point);
    return measured ? [Math.log(measured.tpotSeconds / rooflineSeconds(measured.replica, measured.concurrency))] : [];
  });
  const shift = median(sortSamples(errors));
  return { shift, halfWidth: quantile(sortSamples(errors.map((error) => Math.abs(error - shift))), 0.8) };
}

function rowOf(name: string, judged: readonly ServingJudged[]): ValidationRow {
  const rooflineErrors = judged.map(({ rooflineError }) => Math.abs(Math.exp(-rooflineError) - 1));
  return {
    name,
    tpot: scoresOf(judged.map(({ tpot }) => tpot)),
    rate: scoresOf(judged.map(({ rate }) => rate)),
    ttft: scoresOf(judged.map(({ ttft }) => ttft)),
    rateAtUserError: median(sortSamples(judged.map((one) => Math.abs(Math.exp(-one.rateAtUser) - 1)))),
    roofline: {
      medianError: median(sortSamples(rooflineErrors)),
      meanError: mean(rooflineErrors),
      score80: mean(judged.map(({ rooflineScore }) => rooflineScore)),
    },
  };
}

function capacityRows(points: readonly Point[]): CapacityRow[] {
  const usable = points.filter(
    (point) => kindOf(point) === 'capacity' && chipOf(point) && modelOf(point) && point.tok_s_per_gpu,
  );
  const serving = points.filter((point) => kindOf(point) === 'serving');
  const leave = (by: (point: Point) => string, what: string): CapacityRow[] => {
    const keys = [...new Set(usable.map(by))].sort();
    const judged = keys.map((key) => {
      const calibration = calibrate([...serving, ...usable.filter((point) => by(point) !== key)]);
      return {
        key,
        judged: usable.filter((point) => by(point) === key).map((point) => judgeDomain(point, 'capacity', calibration)),
      };
    });
    const whole = { name: `all, each ${what} left out`, capacity: scoresOf(judged.flatMap((part) => part.judged)) };
    return [whole, ...judged.map((part) => ({ name: `without ${part.key}`, capacity: scoresOf(part.judged) }))];
  };
  return [...leave(chipOf, 'chip'), ...leave(modelOf, 'model')];
}
