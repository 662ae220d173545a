// The suite itself: a decoder that meets everything passes, and each broken promise is caught by the check made for it.
import { describe, expect, it } from 'vitest';
import { checkRuntime, type RuntimeCheck } from './decoder-conformance.ts';
import type { DecoderRuntime, OpenDecoder, RuntimeAbilities, Sampling } from './decoder-runtime.ts';
import { GATE_RULES } from './gate-rule.ts';
import { generateByFeeding, largest } from './generate.ts';

const VOCAB = 16;
const ABILITIES: RuntimeAbilities = {
  abort: true,
  splitLoad: false,
  allLogits: true,
  batch: 1,
  memory: true,
  deviceSampling: false,
  operationTimes: true,
  scores: 'logits',
};

/** Scores that hang on the whole context, so that a forgotten or a kept token shows. */
function scoresOf(context: readonly number[]): Float32Array {
  let hash = 7;
  for (const token of context) hash = (Math.imul(hash, 31) + token + 1) >>> 0;
  return Float32Array.from({ length: VOCAB }, (_, i) => ((Math.imul(hash, 2 * i + 3) >>> 8) % 1000) / 250 - 2);
}

function makeDecoder(): OpenDecoder {
  let context: number[] = [];
  let open = true;
  return {
    facts: { runtime: 'fake 1.0' },
    vocab: VOCAB,
    positions: 32,
    opening: { loadNs: 1, initNs: null },
    async feed(tokens) {
      if (!open) throw new Error('closed');
      for (const token of tokens) if (token >= VOCAB) throw new RangeError(`token ${token}`);
      if (context.length + tokens.length > 32) throw new RangeError('too many');
      context.push(...tokens);
      return scoresOf(context);
    },
    async score(tokens) {
      return Float32Array.from(tokens.flatMap((_, i) => [...scoresOf(tokens.slice(0, i + 1))]));
    },
    generate(request) {
      return generateByFeeding(this, request);
    },
    timeOperations: async () => [{ name: 'all', ns: 5, dispatches: 1, clock: 'wall' as const }],
    reset() {
      context = [];
    },
    gpuBytes: () => 64,
    async close() {
      open = false;
    },
  };
}

const prompt = [3, 1, 4, 1, 5];
const logits: Float32Array[] = [];
const tokens: number[] = [];
while (tokens.length < 6) {
  logits.push(scoresOf([...prompt, ...tokens]));
  tokens.push(largest(logits.at(-1)!));
}

function check(
  change: (decoder: OpenDecoder) => Partial<OpenDecoder> = () => ({}),
  abilities: Partial<RuntimeAbilities> = {},
): Promise<RuntimeCheck[]> {
  const runtime: DecoderRuntime<null> = {
    name: 'fake',
    abilities: { ...ABILITIES, ...abilities },
    open: async ({ onProgress }) => {
      onProgress?.(0.5);
      onProgress?.(1);
      const decoder = makeDecoder();
      return Object.assign(decoder, change(makeDecoder()));
    },
  };
  const reference = { name: 'script', prompt, tokens, logits };
  const { signal } = new AbortController();
  return checkRuntime({ runtime, model: null, reference, rule: GATE_RULES.f32, signal });
}

const failures = (checks: readonly RuntimeCheck[]): string[] =>
  checks.filter(({ state }) => state === 'failed').map(({ name }) => name);

describe('runtime conformance', () => {
  it('a runtime that keeps every promise passes every check', async () => {
    const checks = await check();
    expect(checks.map(({ state, name, detail }) => [state, name, detail])).toSatisfy((rows: string[][]) =>
      rows.every(([state]) => state === 'passed'),
    );
    expect(checks).toHaveLength(15);
  });

  it('what a runtime declares itself unable to do is skipped, with that reason', async () => {
    const checks = await check(() => ({}), { abort: false, allLogits: false, memory: false, operationTimes: false });
    expect(checks.filter(({ state }) => state === 'skipped').map(({ detail }) => detail)).toEqual([
      'cannot stop a generation before its end',
      'gives scores after the last token only',
      'does not tell what it holds',
      'cannot time them',
    ]);
    expect(failures(checks)).toEqual([]);
  });

  let held = 0;
  const faults: [string, (decoder: OpenDecoder) => Partial<OpenDecoder>, string[]][] = [
    ['names no version', () => ({ facts: { runtime: 'fake' } }), ['opens']],
    ['does not forget', () => ({ reset: () => {} }), ['an emptied context is forgotten']],
    ['holds more each time', () => ({ gpuBytes: () => ++held }), ['holds no more memory after many generations']],
    [
      'takes any token',
      (good) => ({ feed: async (given) => good.feed(given.map((t) => t % VOCAB)) }),
      ['refuses a token that is not in the vocabulary'],
    ],
    ['takes tokens once closed', () => ({ close: async () => {} }), ['refuses tokens once closed']],
    ['times nothing', () => ({ timeOperations: async () => [] }), ['times its operations']],
    [
      'generates something else',
      (good) => ({ generate: async (request) => ({ ...(await good.generate(request)), tokens: tokens.map(() => 0) }) }),
      ['generates what feeding its largest score gives'],
    ],
    [
      'ignores its signal',
      (good) => ({ generate: (request) => good.generate({ ...request, signal: new AbortController().signal }) }),
      ['ends at its signal and goes on after it', 'an aborted signal starts nothing'],
    ],
    [
      'gives the scores of a prompt in another order',
      (good) => ({ score: async (given) => (await good.score!(given)).reverse() }),
      ['all scores of a prompt are those of its parts'],
    ],
    [
      'chooses the largest score at any temperature',
      (good) => ({ generate: (request) => good.generate({ ...request, sampling: { kind: 'greedy' } }) }),
      ['draws by its scores at a temperature'],
    ],
    [
      'draws as if it were much warmer',
      (good) => ({ generate: (request) => good.generate({ ...request, sampling: at(request.sampling, 50) }) }),
      ['draws by its scores at a temperature'],
    ],
    [
      'draws the same for every seed',
      (good) => ({ generate: (request) => good.generate({ ...request, sampling: at(request.sampling, null) }) }),
      ['draws by its scores at a temperature'],
    ],
    ['tells loading from getting ready without saying so', () => ({ opening: { loadNs: 1, initNs: 1 } }), ['opens']],
  ];
  const at = (sampling: Sampling | undefined, warmer: number | null): Sampling => {
    if (sampling?.kind !== 'temperature') return { kind: 'greedy' };
    return warmer === null ? { ...sampling, seed: 3 } : { ...sampling, temperature: warmer * sampling.temperature };
  };
  it.each(faults)('a runtime that %s is caught', async (_, change, expected) => {
    expect(failures(await check(change))).toEqual(expect.arrayContaining(expected));
  });

  it('wrong logits are caught by the reference', async () => {
    const change = (good: OpenDecoder): Partial<OpenDecoder> => ({
      feed: async (given) => (await good.feed(given)).map((x) => x * 1.01),
      reset: () => good.reset(),
    });
    expect(failures(await check(change))).toContain('agrees with the reference');
  });

  it('a runtime that does not open is one failed check', async () => {
    const runtime: DecoderRuntime<null> = {
      name: 'fake',
      abilities: ABILITIES,
      open: () => Promise.reject(new Error('no such model')),
    };
    const { signal } = new AbortController();
    const reference = { name: 'script', prompt, tokens, logits };
    const checks = await checkRuntime({ runtime, model: null, reference, rule: GATE_RULES.f32, signal });
    expect(checks).toEqual([{ name: 'opens', state: 'failed', detail: 'no such model' }]);
  });
});
