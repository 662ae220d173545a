// Turns the clock readings of generations into named metrics, each with its definition. Knows no runtime.
import type { DefinitionId } from '../core/definitions.ts';
import type { Generation, OpenDecoder } from './decoder-runtime.ts';
import type { MetricSamples } from './outcome.ts';

export interface DecoderTimes {
  readonly opening: OpenDecoder['opening'];
  /** The first generation of the session; its prompt is the compile time, the rest is kept as warm-up. */
  readonly cold: Generation;
  readonly warm: readonly Generation[];
}

export function decoderMetrics(times: DecoderTimes, promptTokens: number): MetricSamples[] {
  const { opening, cold, warm } = times;
  const gapsAveraged = cold.gapsNs.length;
  const each = (value: (generation: Generation) => number): [number[], number[]] => [warm.map(value), [value(cold)]];
  const rate = (tokens: number, ns: number): number => (tokens / ns) * 1e9;
  const prefillNs = ({ prefillNs, ttftNs }: Generation): number => prefillNs ?? ttftNs;
  const gaps = warm.flatMap((item) => item.gapsNs);
  const submits = warm.flatMap((item) => item.submitNs ?? []);
  return [
    wall('load', 'load/bytes-to-session', [opening.loadNs + (opening.initNs ?? 0)]),
    ...(opening.initNs === null ? [] : [wall('init', 'init/weights-on-device-to-ready', [opening.initNs])]),
    wall('compile', 'compile/first-run', [prefillNs(cold)]),
    wall('ttft', 'ttft/submit-to-readable', ...each((item) => item.ttftNs)),
    { ...wall('tpot', 'tpot/vllm', ...each((item) => sum(item.gapsNs) / gapsAveraged)), opsPerSample: gapsAveraged },
    wall('gap', 'gap/vllm-itl', gaps, [...cold.gapsNs]),
    ...(gapsAveraged > 1 ? [wall('jitter', 'jitter/mean-gap-change', ...each((item) => meanChange(item.gapsNs)))] : []),
    ...(submits.length > 0 ? [wall('submit', 'submit/record-and-submit', submits, [...(cold.submitNs ?? [])])] : []),
    perSecond(
      'prefill-rate',
      cold.prefillNs === null ? 'prefill-rate/prompt-over-ttft' : 'prefill-rate/prompt-over-prefill',
      promptTokens,
      each((item) => rate(promptTokens, prefillNs(item))),
    ),
    perSecond(
      'decode-rate',
      'decode-rate/out-minus-1-over-rest',
      gapsAveraged,
      each((item) => rate(gapsAveraged, sum(item.gapsNs))),
    ),
  ];
}

/** A wall-clock metric, lower is better. */
export function wall(name: string, definition: DefinitionId, samples: number[], warmup: number[] = []): MetricSamples {
  return {
    name,
    definition,
    unit: 'ns',
    better: 'lower',
    estimator: 'wall',
    opsPerSample: 1,
    samples,
    warmup,
    excluded: [],
  };
}

/** Bytes held, counted rather than timed. */
export function heldBytes(name: string, definition: DefinitionId, bytes: number): MetricSamples {
  return { ...wall(name, definition, [bytes]), unit: 'bytes', estimator: 'count' };
}

export function perSecond(
  name: string,
  definition: DefinitionId,
  opsPerSample: number,
  [samples, warmup]: [number[], number[]],
): MetricSamples {
  return { ...wall(name, definition, samples, warmup), unit: 'tokens/s', better: 'higher', opsPerSample };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Mean |gap − the gap before|. */
function meanChange(gaps: readonly number[]): number {
  const changes = gaps.slice(1).map((gap, i) => Math.abs(gap - gaps[i]!));
  return sum(changes) / changes.length;
}
