import { afterEach, describe, expect, it, vi } from 'vitest';
import { decoderMetrics } from './decoder-metrics.ts';
import { generateByFeeding, seededPrompt, type TokenFeeder } from './generate.ts';

afterEach(() => vi.restoreAllMocks());

/** A decoder whose n-th feed takes the n-th number of ms and answers token (last fed + 1). */
function clockwork(durations: readonly number[]): TokenFeeder & { readonly fed: number[][]; resets: number } {
  let now = 1000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const fed: number[][] = [];
  return {
    fed,
    resets: 0,
    reset() {
      this.resets++;
    },
    async feed(tokens) {
      now += durations[fed.length]!;
      fed.push([...tokens]);
      const logits = new Float32Array(10);
      logits[tokens.at(-1)! + 1] = 1;
      return logits;
    },
  };
}

const { signal } = new AbortController();

describe('generateByFeeding', () => {
  it('starts empty, feeds the prompt, then its own tokens one by one, and keeps every gap', async () => {
    const decoder = clockwork([50, 7, 11, 5]);
    const generation = await generateByFeeding(decoder, { prompt: [4, 2], newTokens: 4, signal });
    expect(decoder.resets).toBe(1);
    expect(decoder.fed).toEqual([[4, 2], [3], [4], [5]]);
    expect(generation).toEqual({ tokens: [3, 4, 5, 6], prefillNs: 50e6, ttftNs: 50e6, gapsNs: [7e6, 11e6, 5e6] });
  });

  it('stops between tokens when the signal says so', async () => {
    const controller = new AbortController();
    const decoder = clockwork([1, 1, 1, 1]);
    const onToken = (_: number, index: number): void => {
      if (index === 1) controller.abort();
    };
    await expect(
      generateByFeeding(decoder, { prompt: [1], newTokens: 4, signal: controller.signal, onToken }),
    ).rejects.toThrow();
    expect(decoder.fed).toHaveLength(2);
  });

  it('draws by softmax(scores / temperature), the same for the same seed', async () => {
    const { log } = Math;
    const feeder: TokenFeeder = { reset() {}, feed: async () => Float32Array.from([log(0.2), log(0.5), log(0.3)]) };
    const draw = async (temperature: number, seed: number): Promise<readonly number[]> => {
      const sampling = { kind: 'temperature', temperature, seed } as const;
      return (await generateByFeeding(feeder, { prompt: [1], newTokens: 4000, sampling, signal })).tokens;
    };
    const tokens = await draw(1, 3);
    const share = (token: number): number => tokens.filter((item) => item === token).length / tokens.length;
    // Four standard deviations of a share of 0.5 in 4,000 draws.
    for (const [token, expected] of [0.2, 0.5, 0.3].entries())
      expect(Math.abs(share(token) - expected)).toBeLessThan(0.032);
    expect(await draw(1, 3)).toEqual(tokens);
    expect(await draw(1, 4)).not.toEqual(tokens);
    expect(new Set(await draw(0.01, 3))).toEqual(new Set([1]));
  });

  it('a prompt is below the vocabulary and the same for the same seed', () => {
    const prompt = seededPrompt(5, 200, 17);
    expect(prompt).toEqual(seededPrompt(5, 200, 17));
    expect(prompt).not.toEqual(seededPrompt(6, 200, 17));
    expect(Math.max(...prompt)).toBeLessThan(17);
  });
});

describe('decoderMetrics', () => {
  const generation = (first: number, gaps: number[]) => ({
    tokens: [1, 2, 3],
    prefillNs: first,
    ttftNs: first + 1,
    gapsNs: gaps,
  });
  const metrics = Object.fromEntries(
    decoderMetrics(
      {
        opening: { loadNs: 9, initNs: null },
        cold: generation(1000, [400, 600]),
        warm: [generation(100, [10, 30]), generation(200, [40, 60])],
      },
      8,
    ).map((metric) => [metric.name, metric]),
  );

  it('names a definition for each', () => {
    expect(Object.values(metrics).map((metric) => metric.definition)).toEqual([
      'load/bytes-to-session',
      'compile/first-run',
      'ttft/submit-to-readable',
      'tpot/vllm',
      'gap/vllm-itl',
      'jitter/mean-gap-change',
      'prefill-rate/prompt-over-prefill',
      'decode-rate/out-minus-1-over-rest',
    ]);
  });

  it('keeps the cold generation apart: its first run is the compile time, the rest is warm-up', () => {
    expect(metrics.compile!.samples).toEqual([1000]);
    expect(metrics.ttft).toMatchObject({ samples: [101, 201], warmup: [1001] });
    expect(metrics.gap).toMatchObject({ samples: [10, 30, 40, 60], warmup: [400, 600] });
  });

  it("time per output token is the mean gap of a generation, vLLM's (latency − ttft) / (out − 1)", () => {
    expect(metrics.tpot).toMatchObject({ samples: [20, 50], warmup: [500], opsPerSample: 2, better: 'lower' });
  });

  it('jitter is the mean change from one gap to the next', () => {
    expect(metrics.jitter).toMatchObject({ samples: [20, 20], warmup: [200] });
  });

  it('a runtime whose first token comes without logits has its prefill end with that token', () => {
    const bare = { ...generation(100, [10, 30]), prefillNs: null };
    const made = decoderMetrics({ opening: { loadNs: 9, initNs: 5 }, cold: bare, warm: [bare] }, 8);
    const byName = Object.fromEntries(made.map((metric) => [metric.name, metric]));
    expect(byName['prefill-rate']).toMatchObject({
      definition: 'prefill-rate/prompt-over-ttft',
      samples: [(8 / 101) * 1e9],
    });
    expect(byName.load!.samples).toEqual([14]);
    expect(byName.init!.samples).toEqual([5]);
  });

  it('rates are tokens over their time, higher is better', () => {
    expect(metrics['prefill-rate']).toMatchObject({ samples: [8e7, 4e7], unit: 'tokens/s', better: 'higher' });
    expect(metrics['decode-rate']!.samples).toEqual([(2 / 40) * 1e9, (2 / 100) * 1e9]);
  });
});
