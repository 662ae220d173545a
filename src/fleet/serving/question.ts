// One point as a question: what the formula answers before calibration, for which quantities, and the labels by which its
// error is judged. Says why where it has no answer.
import { bestWithin } from './capacity.ts';
import { findArchitecture } from './catalogue.ts';
import { type NoiseKind, noiseOf, servingConstant } from './constants.ts';
import type { MeasuredReplica } from './fit.ts';
import type { Labels } from './offsets.ts';
import type { Parameters } from './parameters.ts';
import { kindOf, type Point } from './points.ts';
import {
  isSpeculative,
  layoutOf,
  lengthsOf,
  replicaOf,
  type Slo,
  type Subject,
  sloOf,
  speculationOf,
  subjectOf,
} from './resolve.ts';
import { findLpu, ggufBytes, lpuStream, promptRate, streamSeconds } from './single-stream.ts';
import { steadyState, weightsFit } from './steady.ts';
import type { Layout } from './step.ts';

/** Where residuals are alike enough to be learnt from each other. `lpu` has none: its spread comes with its data. */
export type Domain = 'tpot' | 'ttft' | 'rate' | 'capacity' | 'stream' | 'prompt' | 'lpu';
export type Quantity = 'tpot_ms' | 'tok_s_per_gpu' | 'tok_s_per_user';

export interface Question {
  readonly domain: Domain;
  /** Of a prediction, those that hold this value, in the unit of the first; tpot_ms and tok_s_per_user are one quantity. */
  readonly quantities: readonly Quantity[];
  /** The formula's answer: ms for tpot, else tokens/s. */
  readonly value: number;
  readonly labels: Labels;
  /** Residuals are compared first within a group, then within a family. */
  readonly group: string;
  readonly family: string;
  /** Log-scale spread that no label explains. */
  readonly noise: number;
  /** Shift and spread (log scale) for what changes after the calibrating measurements. */
  readonly drift: { readonly mean: number; readonly sd: number };
}

type Asked = readonly Question[] | { readonly reason: string };

const STILL = { mean: 0, sd: 0 };

/** The formula's answers to a point. */
export function questionsOf(point: Point, parameters: Parameters): Asked {
  const lpu = findLpu(point.hardware);
  if (lpu) {
    const model = findArchitecture(point.model);
    if (!model) return { reason: `model '${point.model}' is not in the catalogue` };
    const { rate, logSd } = lpuStream(lpu, model, speculationOf(point));
    const tail = { labels: {}, group: 'lpu', family: 'lpu', noise: logSd, drift: STILL };
    return [{ domain: 'lpu', quantities: ['tok_s_per_user', 'tpot_ms'], value: rate, ...tail }];
  }
  const subject = subjectOf(point);
  if ('reason' in subject) return subject;
  const kind = kindOf(point);
  if (kind === 'llama-bench') return streamQuestion(point, subject);
  return kind === 'serving'
    ? servingQuestions(point, subject, parameters)
    : capacityQuestion(point, subject, parameters);
}

/** The replica of a measured serving point, ready for the fit; null for any other point. */
export function measuredReplicaOf(point: Point): MeasuredReplica | null {
  const subject = subjectOf(point);
  const { tpot_ms: tpot, tok_s_per_gpu: rate, concurrency, isl, osl } = point;
  if ('reason' in subject || kindOf(point) !== 'serving') return null;
  if (!(tpot && rate && concurrency && isl && osl)) return null;
  const replica = replicaOf(subject, { isl, osl }, layoutOf(point), isSpeculative(point));
  return {
    id: point.id,
    replica,
    concurrency,
    tpotSeconds: tpot / 1000,
    tokensPerGpu: rate,
    ttftSeconds: point.ttft_ms ? point.ttft_ms / 1000 : undefined,
  };
}

const isMoe = ({ model }: Subject): boolean => model.experts !== null;

function servingQuestions(point: Point, subject: Subject, parameters: Parameters): Asked {
  const { concurrency, isl, osl } = point;
  if (!(concurrency && isl && osl)) return { reason: 'a serving point needs concurrency, isl and osl' };
  const layout = layoutOf(point);
  const replica = replicaOf(subject, { isl, osl }, layout, isSpeculative(point));
  if (!weightsFit(replica)) return { reason: unfit(subject, layout.gpus) };
  const steady = steadyState(replica, concurrency, parameters);
  const context = servingContext(subject, layout);
  return [
    { domain: 'tpot', quantities: ['tpot_ms', 'tok_s_per_user'], value: steady.tpotSeconds * 1000, ...context },
    { domain: 'rate', quantities: ['tok_s_per_gpu'], value: steady.tokensPerGpu, ...context },
    { domain: 'ttft', quantities: [], value: steady.ttftSeconds * 1000, ...context, noise: noiseOf('ttft') },
  ];
}

/** How the error of a replica's answer is judged. */
export function servingContext(subject: Subject, layout: Layout): Omit<Question, 'domain' | 'quantities' | 'value'> {
  const { model, chip, engine } = subject;
  const family = isMoe(subject) ? 'moe' : 'dense';
  const labels: Labels = {
    vendor: chip.vendor,
    family,
    'family on generation': `${family} ${chip.generation}`,
    model: model.name,
    generation: `${model.name} ${chip.generation}`,
    engine: `${model.name} ${engine}`,
    chip: `${model.name} ${chip.name} ${engine}`,
    layout: `${model.name} ${chip.generation} ${layout.attentionDp > 1 ? 'dp' : 'tp'} ${subject.precision}`,
  };
  const group = `${model.name} ${chip.name}`;
  return { labels, group, family, noise: noiseOf(isMoe(subject) ? 'serving moe' : 'serving dense'), drift: STILL };
}

function unfit({ model, chip, precision }: Subject, gpus: number): string {
  return `the weights of ${model.name} in ${precision} do not fit on ${gpus} x ${chip.name}`;
}

/** GPUs over which a capacity point may choose its layout, where it names none: one server. */
const SERVER_GPUS = 8;

function capacityQuestion(point: Point, subject: Subject, parameters: Parameters): Asked {
  const lengths = lengthsOf(point, subject.model);
  if (!lengths) return { reason: `lengths of '${point.model}' in this scenario are not known: give isl and osl` };
  const scenario = scenarioOf(point);
  const slo = sloOf(point);
  const speculative = isSpeculative(point) || (scenario === 'interactive' && subject.model.name === 'deepseek-r1');
  const anyLayout = { gpus: 1, tp: 1, attentionDp: 1 };
  const best = bestWithin(
    replicaOf(subject, lengths, anyLayout, speculative),
    point.gpus ?? SERVER_GPUS,
    slo,
    parameters,
  );
  if (!best) return { reason: unfit(subject, point.gpus ?? SERVER_GPUS) };
  return [capacityOf(point, subject, scenario, slo, best.steady.tokensPerGpu)];
}

type Scenario = 'offline' | 'server' | 'interactive' | 'table' | 'at-rate';

function scenarioOf({ scenario, slo }: Point): Scenario {
  const named = (['offline', 'server', 'interactive'] as const).find((name) => scenario?.toLowerCase().includes(name));
  return named ?? (slo ? 'at-rate' : 'table');
}

function capacityOf(point: Point, subject: Subject, scenario: Scenario, slo: Slo, value: number): Question {
  const { model, chip } = subject;
  const source = scenario === 'table' || scenario === 'at-rate' ? scenario : 'mlperf';
  return {
    domain: 'capacity',
    quantities: ['tok_s_per_gpu'],
    value,
    labels: {
      scenario,
      source,
      family: model.experts ? 'moe' : 'dense',
      model: model.name,
      'model in source': `${source} ${model.name}`,
      generation: chip.generation,
      chip: chip.name,
      'scenario of model': `${scenario} ${model.name}`,
      'model on generation': `${source} ${model.name} ${chip.generation}`,
      'model on chip': `${source} ${model.name} ${chip.name}`,
    },
    group: scenario,
    family: 'capacity',
    noise: noiseOf(capacityNoise(scenario, slo, model.experts !== null)),
    drift: source === 'mlperf' ? driftOf(point, model.experts !== null) : STILL,
  };
}

/** A given rate per user lies on the steep part of the front, where a small error of time is a large one of throughput. */
function capacityNoise(scenario: Scenario, slo: Slo, moe: boolean): NoiseKind {
  if (scenario === 'at-rate') return moe ? 'capacity at rate moe' : 'capacity at rate dense';
  return Number.isFinite(slo.tpotSeconds) ? 'capacity limited' : 'capacity free';
}

/** Round of the calibrating MLPerf results, and a year in milliseconds. */
const CALIBRATED = Date.parse('2025-09-09');
const YEAR = 365.25 * 24 * 3600 * 1000;
/** Gain of software on fixed hardware since the calibrating round; known for two years at most. */
function driftOf({ date }: Point, moe: boolean): { mean: number; sd: number } {
  const years = date ? Math.max(0, Date.parse(date) - CALIBRATED) / YEAR : 0;
  const kind = moe ? 'moe' : 'dense';
  const mean = servingConstant(`drift/${kind}`);
  const sd = servingConstant(`drift/${kind}-spread`);
  return Number.isFinite(years) ? { mean: mean * Math.min(years, 2), sd: sd * Math.sqrt(Math.min(years, 2)) } : STILL;
}

function streamQuestion(point: Point, subject: Subject): Asked {
  const bytes = ggufBytes(subject.precision);
  if (bytes === undefined) return { reason: `weight format '${subject.precision}' is not in the catalogue` };
  const { model, chip } = subject;
  const words = `${point.metric ?? ''} ${point.scenario ?? ''}`;
  const labels = {
    all: 'all',
    vendor: chip.vendor,
    chip: chip.name,
    format: subject.precision,
    generation: chip.generation,
  };
  const shared = { labels, group: chip.vendor, family: 'stream', noise: noiseOf('stream'), drift: STILL };
  if (/\bpp ?\d+/i.test(point.scenario ?? '') || /prefill|prompt/i.test(words)) {
    return [{ domain: 'prompt', quantities: ['tok_s_per_gpu'], value: promptRate(model, chip), ...shared }];
  }
  const seconds = streamSeconds(model, chip, bytes, (point.isl ?? 0) + (point.osl ?? 128));
  const quantities = ['tok_s_per_user', 'tok_s_per_gpu', 'tpot_ms'] as const;
  return [{ domain: 'stream', quantities, value: 1 / seconds, ...shared }];
}
