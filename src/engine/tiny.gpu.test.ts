// The trained model on the engine: the reference's logits and tokens, and what int4 weights cost in perplexity.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { MatrixType } from '../../kernels/common/weights.ts';
import { heldoutPrompt, heldoutWindows } from '../../models/tiny/heldout.ts';
import { openTiny, tinyWeightsUrl } from '../../models/tiny/open-tiny.ts';
import type { WeightSource } from '../../models/weight-source.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { openFileSource } from '../native/file-source.ts';
import { Decoder } from './decoder.ts';
import { greedyTokens, largestDifference, referenceOf } from './engine.test-support.ts';

let opened: OpenedDawn;
let source: WeightSource;
beforeAll(async () => {
  opened = await openDawn();
  source = await openTiny(await openFileSource(tinyWeightsUrl().pathname));
});
afterAll(() => opened.device.destroy());

/** Of 435: each takes SwiftShader seconds. */
const WINDOWS = 1;

async function withTiny<T>(weightType: MatrixType, work: (decoder: Decoder) => Promise<T>): Promise<T> {
  const decoder = await Decoder.open(opened.device, source, { weightType, maxContext: 256 });
  try {
    return await work(decoder);
  } finally {
    decoder.close();
  }
}

it('f32 logits differ from f64 by at most 1e-4, and 64 greedy tokens behind 24 are the same', async () => {
  const prompt = heldoutPrompt(24);
  const expected = await greedyTokens(source, prompt, 64);
  const reference = await referenceOf(source, 88);
  const logits = [...prompt, ...expected].map((token) => reference.next(token));
  await withTiny('f32', async (decoder) => {
    const { tokens } = await decoder.generate({ prompts: [prompt], maxTokens: 64 });
    expect(tokens[0]).toEqual(expected);
    decoder.reset();
    const rows = await decoder.feedAll([...prompt, ...expected]);
    const worst = largestDifference(
      rows,
      logits.flatMap((row) => Array.from(row)),
    );
    expect(worst).toBeLessThan(1e-4);
  });
});

/** Mean −log softmax(logits)[next] over the held-out windows, nats. */
function heldoutLoss(weightType: MatrixType): Promise<number> {
  return withTiny(weightType, async (decoder) => {
    let [total, count] = [0, 0];
    for (const window of heldoutWindows(WINDOWS).windows) {
      decoder.reset();
      const inputs = window.slice(0, -1);
      const rows = await decoder.feedAll(inputs);
      for (const [i, next] of window.slice(1).entries()) {
        const row = rows.subarray(256 * i, 256 * (i + 1));
        const top = Math.max(...row);
        total += top + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - top), 0)) - row[next]!;
        count++;
      }
    }
    return total / count;
  });
}

it('perplexity on held-out text stays within 2 % with int4 weights', { timeout: 900_000 }, async () => {
  const full = await heldoutLoss('f32');
  expect(Math.abs((await heldoutLoss('int8')) - full)).toBeLessThan(1e-3);
  expect(Math.exp((await heldoutLoss('int4')) - full)).toBeLessThan(1.02);
});
