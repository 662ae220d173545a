// Measures as llama-bench does: random tokens evaluated in one pass or one by one, one warm-up of the same length, nothing
// sampled; each pass ends when its last logits are readable. Knows no model.
import { perSecond, wall } from './decoder-metrics.ts';
import type { OpenDecoder } from './decoder-runtime.ts';
import { toNs } from './generate.ts';
import type { CaseHooks, MetricSamples } from './outcome.ts';

export interface LlamaBenchTest {
  readonly test: 'pp' | 'tg';
  readonly tokens: readonly number[];
  /** 5 in llama-bench. */
  readonly repetitions: number;
}

export async function timeLlamaBench(
  decoder: OpenDecoder,
  { test, tokens, repetitions }: LlamaBenchTest,
  { signal, phase }: CaseHooks,
): Promise<MetricSamples[]> {
  const name = `${test}${tokens.length}`;
  const times: number[] = [];
  while (times.length <= repetitions) {
    phase(
      times.length === 0 ? `${name}, warm-up` : `${name}, ${times.length} of ${repetitions}`,
      times.length / (repetitions + 1),
    );
    times.push(
      test === 'pp' ? await evaluateAtOnce(decoder, tokens, signal) : await evaluateEach(decoder, tokens, signal),
    );
  }
  const rates = times.map((ns) => (tokens.length / ns) * 1e9);
  const [metric, definition] =
    test === 'pp'
      ? (['prefill-rate', 'prefill-rate/llama-bench-pp'] as const)
      : (['decode-rate', 'decode-rate/llama-bench-tg'] as const);
  return [
    wall('load', 'load/bytes-to-session', [decoder.opening.loadNs + (decoder.opening.initNs ?? 0)]),
    perSecond(metric, definition, tokens.length, [rates.slice(1), rates.slice(0, 1)]),
  ];
}

async function evaluateAtOnce(decoder: OpenDecoder, tokens: readonly number[], signal: AbortSignal): Promise<number> {
  signal.throwIfAborted();
  await decoder.reset();
  const start = performance.now();
  await decoder.feed(tokens);
  return toNs(performance.now() - start);
}

async function evaluateEach(decoder: OpenDecoder, tokens: readonly number[], signal: AbortSignal): Promise<number> {
  await decoder.reset();
  const start = performance.now();
  for (const token of tokens) {
    signal.throwIfAborted();
    await decoder.feed([token]);
  }
  return toNs(performance.now() - start);
}
