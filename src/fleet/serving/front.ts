// The Pareto front that the calibrated model predicts for one chip, model and pair of lengths: tokens/s/GPU against
// tokens/s/user with intervals, time to first token, tokens/s per megawatt and dollars per million output tokens.
import { UserError, unknownValue } from '../../core/errors.ts';
import type { Calibration } from './calibrate.ts';
import { type Operating, operatingPoints } from './capacity.ts';
import { ACCELERATORS, ARCHITECTURES, findAccelerator, findArchitecture } from './catalogue.ts';
import { noiseOf } from './constants.ts';
import { type Interval, logInterval } from './intervals.ts';
import type { Engine } from './precision.ts';
import { type Domain, servingContext } from './question.ts';
import { replicaOf, type Subject, speculationYield } from './resolve.ts';
import type { Layout } from './step.ts';

export interface FrontRequest {
  readonly hardware: string;
  readonly model: string;
  readonly precision: string;
  readonly engine: Engine;
  /** GPUs a replica may take. */
  readonly gpus: number;
  readonly isl: number;
  readonly osl: number;
  /** Share of the prompt found in the prefix cache. */
  readonly cacheHit: number;
  readonly disaggregated: boolean;
  /** Acceptance of a drafted token and the draft's length; null without speculation. */
  readonly speculation: { readonly acceptance: number; readonly draft: number } | null;
}

export interface FrontRow {
  readonly layout: Layout;
  readonly concurrency: number;
  readonly ttftMs: Interval;
  readonly tpotMs: Interval;
  readonly tokensPerUser: number;
  readonly tokensPerGpu: Interval;
  /** Output tokens/s per megawatt of site power; null where the catalogue has no power. */
  readonly tokensPerMw: number | null;
  /** At the hyperscaler's cost per GPU-hour, capacity fully used; null where the catalogue has none. */
  readonly usdPerMillion: number | null;
}

/** Rows by rising tokens/s/user. A UserError for an unknown name or a model that does not fit. */
export function predictFront(request: FrontRequest, calibration: Calibration): FrontRow[] {
  const subject = subjectFor(request);
  const anyLayout = { gpus: 1, tp: 1, attentionDp: 1 };
  const { speculation, cacheHit, disaggregated } = request;
  const replica = {
    ...replicaOf(subject, request, anyLayout),
    cacheHit,
    disaggregated,
    tokensPerStep: speculation ? speculationYield(speculation.acceptance, speculation.draft) : 1,
    positionsPerStep: speculation ? 1 + speculation.draft : 1,
  };
  const rows = operatingPoints(replica, request.gpus, calibration.parameters).map((point) =>
    rowOf(point, subject, calibration),
  );
  if (rows.length === 0) {
    const { model, chip, precision } = subject;
    throw new UserError(
      `${model.name} in ${precision} does not fit on ${request.gpus} x ${chip.name}: give more --gpus`,
    );
  }
  return undominated(rows);
}

function subjectFor({ hardware, model, precision, engine }: FrontRequest): Subject {
  const chip =
    findAccelerator(hardware) ??
    unknownValue(
      'chip',
      hardware,
      ACCELERATORS.map(({ name }) => name),
    );
  const shape =
    findArchitecture(model) ??
    unknownValue(
      'model',
      model,
      ARCHITECTURES.map(({ name }) => name),
    );
  return { model: shape, chip, engine, precision };
}

function rowOf({ layout, concurrency, steady }: Operating, subject: Subject, calibration: Calibration): FrontRow {
  const context = servingContext(subject, layout);
  const interval = (domain: Domain, value: number, noise = context.noise): Interval => {
    const { mean, sd, multipliers } = calibration.correct({ ...context, domain, quantities: [], value, noise });
    return logInterval(value * Math.exp(mean), noise, sd, multipliers);
  };
  const tpotMs = interval('tpot', steady.tpotSeconds * 1000);
  const tokensPerGpu = interval('rate', steady.tokensPerGpu);
  const { allInKw, usdPerHour } = subject.chip;
  return {
    layout,
    concurrency,
    ttftMs: interval('ttft', steady.ttftSeconds * 1000, noiseOf('ttft')),
    tpotMs,
    tokensPerUser: 1000 / tpotMs.p50,
    tokensPerGpu,
    tokensPerMw: allInKw === undefined ? null : (tokensPerGpu.p50 * 1000) / allInKw,
    usdPerMillion: usdPerHour === undefined ? null : (usdPerHour.hyperscaler * 1e6) / (3600 * tokensPerGpu.p50),
  };
}

function undominated(rows: readonly FrontRow[]): FrontRow[] {
  const front: FrontRow[] = [];
  for (const row of [...rows].sort((a, b) => b.tokensPerUser - a.tokensPerUser)) {
    const best = front.at(-1);
    if (!best || row.tokensPerGpu.p50 > best.tokensPerGpu.p50) front.push(row);
  }
  return front.reverse();
}
