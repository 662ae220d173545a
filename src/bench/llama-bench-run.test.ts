import { afterEach, describe, expect, it, vi } from 'vitest';
import type { OpenDecoder } from './decoder-runtime.ts';
import { timeLlamaBench } from './llama-bench-run.ts';

afterEach(() => vi.restoreAllMocks());

/** Each feed takes 10 ms and 1 more a token. */
function clockwork(): { decoder: OpenDecoder; fed: number[] } {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const fed: number[] = [];
  const decoder = {
    opening: { loadNs: 7, initNs: null },
    reset: () => fed.push(0),
    feed: async (tokens: readonly number[]) => {
      now += 10 + tokens.length;
      fed.push(tokens.length);
      return new Float32Array(1);
    },
  } as unknown as OpenDecoder;
  return { decoder, fed };
}
const hooks = { signal: new AbortController().signal, phase() {} };
const tokens = [1, 2, 3, 4];

describe('timeLlamaBench', () => {
  it('pp evaluates the prompt in one pass from an empty context, warm-up apart', async () => {
    const { decoder, fed } = clockwork();
    const [, metric] = await timeLlamaBench(decoder, { test: 'pp', tokens, repetitions: 2 }, hooks);
    expect(fed).toEqual([0, 4, 0, 4, 0, 4]);
    expect(metric).toMatchObject({ definition: 'prefill-rate/llama-bench-pp', opsPerSample: 4 });
    expect(metric!.samples).toEqual([(4 / 14e6) * 1e9, (4 / 14e6) * 1e9]);
    expect(metric!.warmup).toHaveLength(1);
  });

  it('tg evaluates them one by one', async () => {
    const { decoder, fed } = clockwork();
    const [, metric] = await timeLlamaBench(decoder, { test: 'tg', tokens, repetitions: 1 }, hooks);
    expect(fed).toEqual([0, 1, 1, 1, 1, 0, 1, 1, 1, 1]);
    expect(metric).toMatchObject({ definition: 'decode-rate/llama-bench-tg', samples: [(4 / 44e6) * 1e9] });
  });
});
