// Generations on SwiftShader: the reference's tokens, whatever the chunks, the batch and the steps in flight.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DecoderConfig, findDecoder } from '../../models/decoders.ts';
import { seededWeights } from '../../models/onnx/seeded-weights.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { Decoder, type DecoderSettings } from './decoder.ts';
import { greedyTokens, largestDifference, referenceOf } from './engine.test-support.ts';
import type { SamplingRule } from './generate.ts';

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

const config: DecoderConfig = { ...findDecoder('test-4x128'), layers: 2, vocab: 160 };
const source = seededWeights(config, 'f32', 7);
const prompt = [3, 141, 59, 26, 5, 35, 89, 79, 32, 38, 46, 26, 43, 38, 32, 79, 50, 28, 84, 19];

async function withDecoder<T>(settings: Partial<DecoderSettings>, work: (decoder: Decoder) => Promise<T>): Promise<T> {
  const decoder = await Decoder.open(opened.device, source, { weightType: 'f32', maxContext: 48, ...settings });
  try {
    return await work(decoder);
  } finally {
    decoder.close();
    expect(decoder.bytesHeld).toBe(0);
  }
}

describe('a generation', () => {
  it('writes the reference’s greedy tokens with 1, 2 and 4 steps in flight, time after time', async () => {
    const expected = await greedyTokens(source, prompt, 24);
    await withDecoder({}, async (decoder) => {
      for (const inFlight of [1, 2, 4, 4]) {
        const seen: number[] = [];
        const { tokens, startNs, timesNs } = await decoder.generate({
          prompts: [prompt],
          maxTokens: 24,
          inFlight,
          onToken: ([token]) => seen.push(token!),
        });
        expect(tokens).toEqual([expected]);
        expect(seen).toEqual(expected);
        expect(timesNs).toHaveLength(24);
        expect([startNs, ...timesNs]).toEqual([startNs, ...timesNs].sort((a, b) => a - b));
        expect(decoder.length).toBe(prompt.length + 23);
      }
    });
  });

  it('ends with a stop token, and the context can be continued and cut there', async () => {
    const expected = await greedyTokens(source, prompt, 24);
    const stop = expected[9]!;
    const end = expected.indexOf(stop) + 1;
    await withDecoder({}, async (decoder) => {
      const { tokens } = await decoder.generate({ prompts: [prompt], maxTokens: 24, stopTokens: new Set([stop]) });
      expect(tokens[0]).toEqual(expected.slice(0, end));
      const reference = await referenceOf(source);
      let logits = new Float64Array();
      for (const token of [...prompt, ...expected.slice(0, end)]) logits = Float64Array.from(reference.next(token));
      expect(largestDifference(await decoder.feed([stop]), logits)).toBeLessThan(1e-5);
      decoder.truncate(prompt.length);
      const again = await decoder.feed([expected[0]!]);
      const fresh = await referenceOf(source);
      for (const token of [...prompt, expected[0]!]) logits = Float64Array.from(fresh.next(token));
      expect(largestDifference(again, logits)).toBeLessThan(1e-5);
    });
  });

  it('of several sequences writes what each would write alone', async () => {
    const prompts = [prompt, prompt.map((token) => (token * 7) % 160), prompt.toReversed()];
    const alone = await Promise.all(prompts.map((item) => greedyTokens(source, item, 12)));
    await withDecoder({ batch: 3 }, async (decoder) => {
      expect((await decoder.generate({ prompts, maxTokens: 12 })).tokens).toEqual(alone);
      const two = prompts.slice(1);
      expect((await decoder.generate({ prompts: two, maxTokens: 12 })).tokens).toEqual(alone.slice(1));
    });
  });

  it('of a batch that products take in tiles writes the same', async () => {
    const prompts = Array.from({ length: 18 }, (_, i) => prompt.slice(0, 6).map((token) => (token * (i + 1)) % 160));
    const alone = await Promise.all(prompts.map((item) => greedyTokens(source, item, 6)));
    await withDecoder({ batch: 18, maxContext: 16 }, async (decoder) => {
      expect((await decoder.generate({ prompts, maxTokens: 6 })).tokens).toEqual(alone);
    });
  });

  it('stops when told to, between two tokens, and can be followed by another', async () => {
    const expected = await greedyTokens(source, prompt, 8);
    await withDecoder({}, async (decoder) => {
      const controller = new AbortController();
      let seen = 0;
      const broken = decoder.generate({
        prompts: [prompt],
        maxTokens: 24,
        signal: controller.signal,
        onToken: () => {
          if (++seen === 5) controller.abort(new Error('enough'));
        },
      });
      await expect(broken).rejects.toThrow('enough');
      expect(seen).toBe(5);
      expect((await decoder.generate({ prompts: [prompt], maxTokens: 8 })).tokens).toEqual([expected]);
    });
  });
});

describe('a draw', () => {
  const short = prompt.slice(0, 2);
  const draw = (decoder: Decoder, sampling: SamplingRule) =>
    decoder.generate({ prompts: [short], maxTokens: 1, sampling }).then(({ tokens }) => tokens[0]![0]!);

  it('follows the softmax, cut to top-k and top-p', async () => {
    const reference = await referenceOf(source);
    const logits = short.map((token) => reference.next(token)).at(-1)!;
    const shares = softmaxOf(logits, 0.4);
    const order = Array.from(shares.keys()).sort((a, b) => shares[b]! - shares[a]!);
    const reached = (count: number): number => order.slice(0, count).reduce((sum, i) => sum + shares[i]!, 0);
    const kept = order.findIndex((_, i) => reached(i + 1) >= 0.3) + 1;
    await withDecoder({}, async (decoder) => {
      for (const [cut, rule] of [
        [160, {}],
        [7, { topK: 7 }],
        [kept, { topP: 0.3 }],
        [1, { topK: 1 }],
        [1, { topP: 1e-6 }],
      ] as const) {
        const count = cut === 1 ? 5 : 400;
        const seen = new Map<number, number>();
        for (let seed = 0; seed < count; seed++) {
          const token = await draw(decoder, { temperature: 0.4, seed, ...rule });
          seen.set(token, (seen.get(token) ?? 0) + 1);
        }
        const allowed = order.slice(0, cut);
        expect([...seen.keys()].filter((token) => !allowed.includes(token))).toEqual([]);
        // Pearson's χ² over the ten likeliest and the rest: above 29.6 once in a thousand at ten degrees of freedom.
        const parts = allowed.slice(0, 10);
        const expected = parts.map((token) => (count * shares[token]!) / reached(cut));
        const found = parts.map((token) => seen.get(token) ?? 0);
        expected.push(count - expected.reduce((a, b) => a + b, 0));
        found.push(count - found.reduce((a, b) => a + b, 0));
        const terms = expected.map((e, i) => (e < 1e-9 ? 0 : (found[i]! - e) ** 2 / e));
        expect(terms.reduce((a, b) => a + b, 0)).toBeLessThan(29.6);
      }
    });
  });

  it('comes out the same again with its seed, and differs with another', async () => {
    await withDecoder({}, async (decoder) => {
      const write = (seed: number) =>
        decoder.generate({ prompts: [prompt], maxTokens: 12, sampling: { temperature: 2, seed } });
      const first = (await write(1)).tokens;
      expect((await write(1)).tokens).toEqual(first);
      expect((await write(2)).tokens).not.toEqual(first);
    });
  });

  it('has noise of its own in every step: so hot that logits count nothing, tokens are uniform', async () => {
    await withDecoder({}, async (decoder) => {
      const { tokens } = await decoder.generate({
        prompts: [prompt],
        maxTokens: 24,
        sampling: { temperature: 1e9, seed: 1 },
      });
      // Of 24 uniform draws from 160 about 22 differ; fewer than 16 for one seed in ten thousand.
      expect(new Set(tokens[0]).size).toBeGreaterThanOrEqual(16);
    });
  });

  it.each([
    [{ temperature: 0, seed: 1 }, /temperature 0 must be above 0/],
    [{ temperature: 1, seed: 1, topP: 0 }, /top-p 0 must be above 0/],
    [{ temperature: 1, seed: 1, topK: 1.5 }, /top-k 1\.5 must be a whole number/],
  ])('%j is refused', async (sampling, message) => {
    await withDecoder({}, (decoder) => expect(draw(decoder, sampling)).rejects.toThrow(message));
  });
});

/** Shares at a temperature, in f64. */
function softmaxOf(logits: Float64Array, temperature: number): Float64Array {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp((logit - most) / temperature));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

describe('a prompt', () => {
  it('gives the same logits whole, in chunks and token by token', async () => {
    const reference = await referenceOf(source);
    const expected = prompt.map((token) => reference.next(token));
    for (const promptChunk of [64, 7, 3]) {
      await withDecoder({ promptChunk }, async (decoder) => {
        const rows = await decoder.feedAll(prompt);
        for (const [i, row] of expected.entries()) {
          expect(largestDifference(rows.subarray(160 * i, 160 * (i + 1)), row)).toBeLessThan(1e-5);
        }
        decoder.reset();
        let last = new Float32Array();
        for (const token of prompt) last = Float32Array.from(await decoder.feed([token]));
        expect(largestDifference(last, expected.at(-1)!)).toBeLessThan(1e-5);
      });
    }
  });

  it.each([
    [[], /no token to feed/],
    [[160], /token 160 is not one of this model's 160/],
    [Array(49).fill(1), /0 \+ 49 tokens are more than this decoder's context of 48/],
  ])('is refused: %j', async (tokens, message) => {
    await withDecoder({}, (decoder) => expect(decoder.feed(tokens)).rejects.toThrow(message));
  });
});

describe('an opening', () => {
  it('that is aborted leaves nothing behind', async () => {
    const controller = new AbortController();
    const opening = Decoder.open(
      opened.device,
      source,
      { weightType: 'f32', maxContext: 16 },
      { signal: controller.signal, progress: (done) => done === 5 && controller.abort(new Error('not now')) },
    );
    await expect(opening).rejects.toThrow('not now');
  });

  it('names a tensor that is missing or of another shape', async () => {
    const names = source.names.filter((name) => !name.includes('1.mlp.up_proj'));
    const open = (change: object) =>
      Decoder.open(opened.device, { ...source, ...change }, { weightType: 'f32', maxContext: 16 });
    await expect(open({ names })).rejects.toThrow(/no tensor 'model\.layers\.1\.mlp\.up_proj\.weight'/);
    await expect(open({ config: { ...config, vocab: 161 } })).rejects.toThrow(
      /'model\.embed_tokens\.weight' has shape \[160,128\]; its config asks for \[161,128\]/,
    );
  });
});
