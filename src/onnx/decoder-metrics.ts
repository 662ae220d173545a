// Turns the clock readings of generations into named metrics, each with its definition. Knows no runtime.
import type { MetricSamples } from '../bench/outcome.ts';
import type { DefinitionId } from '../core/definitions.ts';
import type { Generation } from './generate.ts';

export interface DecoderTimes {
  /** Model bytes to a session. */
  readonly loadNs: number;
  /** The first generation of the session; its first run is the compile time, the rest is kept as warm-up. */
  readonly cold: Generation;
  readonly warm: readonly Generation[];
}

export function decoderMetrics(times: DecoderTimes, promptTokens: number): MetricSamples[] {
  const { loadNs, cold, warm } = times;
  const gapsAveraged = cold.gapsNs.length;
  const each = (value: (generation: Generation) => number): [number[], number[]] => [warm.map(value), [value(cold)]];
  const rate = (tokens: number, ns: number): number => (tokens / ns) * 1e9;
  return [
    wall('load', 'load/bytes-to-session', [loadNs]),
    wall('compile', 'compile/first-run', [cold.prefillNs]),
    wall('ttft', 'ttft/submit-to-readable', ...each((item) => item.ttftNs)),
    { ...wall('tpot', 'tpot/vllm', ...each((item) => sum(item.gapsNs) / gapsAveraged)), opsPerSample: gapsAveraged },
    wall(
      'gap',
      'gap/vllm-itl',
      warm.flatMap((item) => item.gapsNs),
      [...cold.gapsNs],
    ),
    perSecond(
      'prefill-rate',
      'prefill-rate/prompt-over-prefill',
      promptTokens,
      each((item) => rate(promptTokens, item.prefillNs)),
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

function perSecond(
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
