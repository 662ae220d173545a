// From a point's words to a replica the formula can take: names to catalogue entries, backend to engine, layout, lengths.
// Says why where it cannot.
import mlperfJson from '../data/serving/mlperf-workloads.json' with { type: 'json' };
import { type Accelerator, type Architecture, findAccelerator, findArchitecture } from './catalogue.ts';
import { servingConstant } from './constants.ts';
import type { Point } from './points.ts';
import { type Engine, formatsOf } from './precision.ts';
import type { Layout, Replica } from './step.ts';

export interface Subject {
  readonly model: Architecture;
  readonly chip: Accelerator;
  readonly engine: Engine;
  readonly precision: string;
}

/** The chip and model a point names, or a sentence saying which name the catalogue does not hold. */
export function subjectOf(point: Point): Subject | { readonly reason: string } {
  const model = findArchitecture(point.model);
  const chip = findAccelerator(point.hardware);
  if (!chip) return { reason: `hardware '${point.hardware}' is not in the catalogue` };
  if (!model) return { reason: `model '${point.model}' is not in the catalogue` };
  return { model, chip, engine: engineOf(point.backend, chip), precision: point.precision ?? 'fp8' };
}

/** The engine a backend names; NVIDIA's own where none is named on its chips, vLLM elsewhere. */
function engineOf(backend: string | null, chip: Accelerator): Engine {
  const named = (['sglang', 'vllm', 'trtllm'] as const).find((engine) =>
    backend?.toLowerCase().replaceAll('-', '').includes(engine),
  );
  if (named) return named;
  if (backend && /tensorrt/i.test(backend)) return 'trtllm';
  return chip.vendor === 'nvidia' ? 'trtllm' : 'vllm';
}

/** Tokens a step yields under speculation, (1 − a^(g+1)) / (1 − a). */
export function speculationYield(acceptance: number, draft: number): number {
  return acceptance === 1 ? draft + 1 : (1 - acceptance ** (draft + 1)) / (1 - acceptance);
}

interface Lengths {
  readonly isl: number;
  readonly osl: number;
}

export function replicaOf(subject: Subject, lengths: Lengths, layout: Layout, speculative = false): Replica {
  const { model, chip, engine, precision } = subject;
  return {
    model,
    chip,
    engine,
    layout,
    formats: formatsOf(model, chip, precision, engine),
    isl: lengths.isl,
    osl: lengths.osl,
    cacheHit: 0,
    tokensPerStep: speculative
      ? speculationYield(servingConstant('speculation/acceptance'), servingConstant('speculation/draft'))
      : 1,
    positionsPerStep: speculative ? 1 + servingConstant('speculation/draft') : 1,
  };
}

/** What a point's words say of drafting several tokens per step. */
export function speculationOf({ note, backend, scenario }: Point): 'yes' | 'no' | 'unsaid' {
  const words = `${note ?? ''} ${backend ?? ''} ${scenario ?? ''}`.toLowerCase();
  if (/\b(no|not|non|without)[- ]*(speculat|mtp|eagle)/.test(words)) return 'no';
  return /mtp|eagle|speculat/.test(words) ? 'yes' : 'unsaid';
}

export const isSpeculative = (point: Point): boolean => speculationOf(point) === 'yes';

/** A serving point's layout: what it states, else tensor parallel over all its GPUs. */
export function layoutOf({ gpus, tp, attention_dp: dp }: Point): Layout {
  const attentionDp = dp ?? 1;
  const size = gpus ?? (tp ?? 1) * attentionDp;
  return { gpus: size, tp: tp ?? size / attentionDp, attentionDp };
}

const WORKLOADS = mlperfJson.workloads;

/** Lengths of a capacity point: its own, else those of the MLPerf workload of its model; null when neither is known. */
export function lengthsOf(point: Point, model: Architecture): Lengths | null {
  const workload = WORKLOADS.find((entry) => entry.model === model.name);
  const isl = point.isl ?? workload?.isl;
  const osl = point.osl ?? workload?.osl;
  return isl !== undefined && osl !== undefined && osl > 0 ? { isl, osl } : null;
}

/** Limits in seconds; absent where the point states none. */
export interface Slo {
  readonly ttftSeconds: number;
  readonly tpotSeconds: number;
}

/** Reads `TTFT<=2000ms/TPOT<=80ms` and `90 tok/s/user`. */
export function sloOf({ slo }: Point): Slo {
  const seconds = (name: string): number => {
    const match = new RegExp(`${name}\\s*<=?\\s*([\\d.]+)\\s*(ms|s)`, 'i').exec(slo ?? '');
    return match ? Number(match[1]) * (match[2]!.toLowerCase() === 'ms' ? 1e-3 : 1) : Number.POSITIVE_INFINITY;
  };
  const rate = /([\d.]+)\s*tok(ens)?\/s\/user/i.exec(slo ?? '');
  return { ttftSeconds: seconds('TTFT'), tpotSeconds: rate ? 1 / Number(rate[1]) : seconds('TPOT') };
}
