// What every decoding runtime owes the harness, as one list of checks: the same for our engine, onnxruntime-web and any
// extra. A check that a runtime declares itself unable to meet is skipped and says so. Knows no runtime.
import { messageOf } from '../core/errors.ts';
import { checkDraws, sameTokens } from './decoder-draws.ts';
import type { DecoderRuntime, Generation, OpenDecoder, RuntimeAbilities } from './decoder-runtime.ts';
import { type ReferenceRun, verifyForced } from './forced-decoding.ts';
import type { GateRule } from './gate-rule.ts';
import { largest } from './generate.ts';

export interface RuntimeCheck {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** What was seen, or why it was not asked for. */
  readonly detail: string;
}

export interface RuntimeSubject<Model> {
  readonly runtime: DecoderRuntime<Model>;
  readonly model: Model;
  /** An independent decoder's greedy tokens and logits; its prompt has at least 4 tokens, and there are at least 4 new ones. */
  readonly reference: ReferenceRun;
  readonly rule: GateRule;
  readonly signal: AbortSignal;
}

interface Context<Model> extends RuntimeSubject<Model> {
  readonly decoder: OpenDecoder;
}

/** Throws with what is wrong; returns what was seen. */
type Check = (context: Context<unknown>) => Promise<string>;

interface NamedCheck {
  readonly name: string;
  /** Why the runtime is not asked, from what it declares; null when it is. */
  readonly excuse?: (abilities: RuntimeAbilities) => string | null;
  readonly run: Check;
}

/** Opens the model once, checks, closes it. An opening that fails is the one failed check. */
export async function checkRuntime<Model>(subject: RuntimeSubject<Model>): Promise<RuntimeCheck[]> {
  const { runtime, model, reference } = subject;
  const positions = reference.prompt.length + reference.tokens.length;
  const fractions: number[] = [];
  let decoder: OpenDecoder;
  try {
    decoder = await runtime.open({ model, positions, onProgress: (fraction) => fractions.push(fraction) });
  } catch (error) {
    return [{ name: 'opens', state: 'failed', detail: messageOf(error) }];
  }
  const checks = [
    await outcomeOf(
      { name: 'opens', run: async () => opened(decoder, fractions, runtime.abilities) },
      { ...subject, decoder },
    ),
  ];
  try {
    for (const check of CHECKS) checks.push(await outcomeOf(check, { ...subject, decoder }));
  } finally {
    await decoder.close();
  }
  return [...checks, await outcomeOf({ name: 'refuses tokens once closed', run: closed }, { ...subject, decoder })];
}

async function outcomeOf<Model>({ name, excuse, run }: NamedCheck, context: Context<Model>): Promise<RuntimeCheck> {
  const reason = excuse?.(context.runtime.abilities) ?? null;
  if (reason) return { name, state: 'skipped', detail: reason };
  try {
    return { name, state: 'passed', detail: await run(context as Context<unknown>) };
  } catch (error) {
    return { name, state: 'failed', detail: messageOf(error) };
  }
}

/** Twice the gate's bound on a logit: both sides may err. */
const APART = 2;

const CHECKS: readonly NamedCheck[] = [
  {
    name: 'agrees with the reference',
    run: async ({ decoder, reference, rule, runtime, signal }) => {
      const scores = runtime.abilities.scores;
      const { state, detail, figures } = await verifyForced(decoder, { reference, rule, scores, signal });
      if (state !== 'passed') throw new Error(detail);
      return `mean KL ${figures.meanKl!.toPrecision(2)} nats over ${reference.tokens.length} steps`;
    },
  },
  {
    name: 'a prompt at once is a prompt in pieces',
    run: async (context) => {
      const { decoder, reference } = context;
      const [first = 0, ...rest] = reference.prompt;
      const whole = await fresh(decoder, [reference.prompt]);
      const pieces = await fresh(
        decoder,
        [[first], rest.slice(0, 2), rest.slice(2)].filter((part) => part.length > 0),
      );
      return equalScores(whole, pieces, context);
    },
  },
  {
    name: 'an emptied context is forgotten',
    run: async (context) => {
      const { decoder, reference } = context;
      const before = await fresh(decoder, [reference.prompt]);
      await decoder.feed(reference.tokens.slice(0, 2));
      return equalScores(before, await fresh(decoder, [reference.prompt]), context);
    },
  },
  {
    name: 'generates what feeding its largest score gives',
    run: async ({ decoder, reference, signal }) => {
      const { prompt, tokens } = reference;
      const told: number[] = [];
      const onToken = (token: number, index: number): void => {
        told[index] = token;
      };
      const generation = await decoder.generate({ prompt, newTokens: tokens.length, signal, onToken });
      sameTokens(told, generation.tokens, 'onToken');
      sameTokens(await fed(decoder, prompt, tokens.length), generation.tokens, 'feeding');
      return timesOf(generation);
    },
  },
  {
    name: 'generates the same again',
    run: async ({ decoder, reference: { prompt, tokens }, signal }) => {
      const request = { prompt, newTokens: tokens.length, signal };
      const first = await decoder.generate(request);
      sameTokens((await decoder.generate(request)).tokens, first.tokens, 'the second time');
      return `${first.tokens.length} tokens twice`;
    },
  },
  {
    name: 'draws by its scores at a temperature',
    run: ({ decoder, reference, signal }) => checkDraws(decoder, reference, signal),
  },
  {
    name: 'ends at its signal and goes on after it',
    excuse: ({ abort }) => (abort ? null : 'cannot stop a generation before its end'),
    run: async ({ decoder, reference: { prompt, tokens }, signal }) => {
      const controller = new AbortController();
      let told = 0;
      const onToken = (): void => {
        told++;
        if (told === 2) controller.abort();
      };
      const request = { prompt, newTokens: tokens.length, signal: controller.signal, onToken };
      const ended = await decoder.generate(request).then(
        () => 'came to its end',
        () => null,
      );
      if (ended) throw new Error(`an aborted generation ${ended}`);
      const after = await decoder.generate({ prompt, newTokens: 2, signal });
      return `after ${told} of ${tokens.length} tokens; then another of ${after.tokens.length}`;
    },
  },
  {
    name: 'an aborted signal starts nothing',
    run: async ({ decoder, reference: { prompt } }) => {
      const request = { prompt, newTokens: 2, signal: AbortSignal.abort() };
      return refusal(decoder.generate(request), 'a generation whose signal had ended');
    },
  },
  {
    name: 'refuses a token that is not in the vocabulary',
    run: async ({ decoder }) => {
      await decoder.reset();
      const text = await refusal(
        decoder.feed([decoder.vocab]),
        `token ${decoder.vocab} of a vocabulary of ${decoder.vocab}`,
      );
      if (!text.includes(String(decoder.vocab))) throw new Error(`the refusal names no token: ${text}`);
      return text;
    },
  },
  {
    name: 'refuses more tokens than its context holds',
    run: async ({ decoder }) => {
      if (decoder.positions === null) return 'bounded by memory alone';
      await decoder.reset();
      const most = decoder.positions;
      return refusal(decoder.feed(Array(most + 1).fill(0)), `${most + 1} tokens in a context of ${most}`);
    },
  },
  {
    name: 'all scores of a prompt are those of its parts',
    excuse: ({ allLogits }) => (allLogits ? null : 'gives scores after the last token only'),
    run: async (context) => {
      const { decoder, reference } = context;
      if (!decoder.score) throw new Error('declares allLogits and has no score()');
      const rows = await decoder.score(reference.prompt);
      const width = decoder.vocab;
      if (rows.length !== reference.prompt.length * width) throw new Error(`${rows.length} scores`);
      const second = await fresh(decoder, [reference.prompt.slice(0, 2)]);
      equalScores(second, rows.slice(width, 2 * width), context);
      return equalScores(await fresh(decoder, [reference.prompt]), rows.slice(-width), context);
    },
  },
  {
    name: 'holds no more memory after many generations',
    excuse: ({ memory }) => (memory ? null : 'does not tell what it holds'),
    run: async ({ decoder, reference: { prompt }, signal }) => {
      const before = decoder.gpuBytes();
      for (let i = 0; i < 10; i++) await decoder.generate({ prompt, newTokens: 4, signal });
      const after = decoder.gpuBytes();
      if (before === null || after !== before) throw new Error(`${before} bytes before, ${after} after`);
      return `${after} bytes before and after 10 generations`;
    },
  },
  {
    name: 'times its operations',
    excuse: ({ operationTimes }) => (operationTimes ? null : 'cannot time them'),
    run: async ({ decoder, reference }) => {
      await fresh(decoder, [reference.prompt]);
      const times = (await decoder.timeOperations?.()) ?? [];
      const wrong = times.find(({ ns, dispatches }) => !(ns >= 0) || dispatches < 1);
      if (times.length === 0 || wrong) throw new Error(wrong ? `${wrong.name}: ${wrong.ns} ns` : 'none');
      return `${times.length} operations, ${times.reduce((sum, { dispatches }) => sum + dispatches, 0)} dispatches`;
    },
  },
];

function opened(
  { facts, opening, vocab }: OpenDecoder,
  fractions: readonly number[],
  { splitLoad }: RuntimeAbilities,
): string {
  if (!/\d/.test(facts.runtime)) throw new Error(`its facts name no version: ${facts.runtime}`);
  if (!(opening.loadNs > 0) || !(vocab > 1)) throw new Error(`load ${opening.loadNs} ns, vocabulary ${vocab}`);
  if (splitLoad !== (opening.initNs !== null)) throw new Error(`declares splitLoad ${splitLoad}, and does otherwise`);
  const falls = fractions.some((value, i) => !(value >= 0 && value <= 1) || value < (fractions[i - 1] ?? 0));
  if (falls) throw new Error(`its progress is ${fractions.join(', ')}`);
  return facts.runtime;
}

async function closed({ decoder, reference }: Context<unknown>): Promise<string> {
  await decoder.close();
  return refusal(decoder.feed(reference.prompt), 'tokens after it was closed');
}

async function fresh(decoder: OpenDecoder, parts: readonly (readonly number[])[]): Promise<Float32Array> {
  await decoder.reset();
  let scores = new Float32Array();
  for (const part of parts) scores = Float32Array.from(await decoder.feed(part));
  return scores;
}

async function fed(decoder: OpenDecoder, prompt: readonly number[], count: number): Promise<number[]> {
  const tokens = [largest(await fresh(decoder, [prompt]))];
  while (tokens.length < count) tokens.push(largest(await decoder.feed([tokens.at(-1)!])));
  return tokens;
}

function timesOf({ tokens, ttftNs, gapsNs }: Generation): string {
  if (!(ttftNs > 0)) throw new Error(`first token after ${ttftNs} ns`);
  if (gapsNs.length !== tokens.length - 1) throw new Error(`${gapsNs.length} gaps between ${tokens.length} tokens`);
  if (gapsNs.some((gap) => !(gap >= 0))) throw new Error('a gap below zero');
  return `${tokens.length} tokens, each told of once`;
}

function equalScores(expected: Float32Array, actual: Float32Array, { reference, rule }: Context<unknown>): string {
  const logits = Array.from(reference.logits[0]!);
  const rms = Math.sqrt(logits.reduce((sum, logit) => sum + logit * logit, 0) / logits.length);
  const bound = APART * rule.logitError * rms;
  const at = expected.findIndex((value, i) => !(Math.abs(value - actual[i]!) <= bound));
  if (at >= 0 || actual.length !== expected.length) {
    throw new Error(`score ${at} is ${actual[at]}, before ${expected[at]}; allowed apart ${bound.toPrecision(2)}`);
  }
  return `${expected.length} scores within ${bound.toPrecision(2)}`;
}

/** The message of a rejection that must come. */
async function refusal(call: Promise<unknown>, what: string): Promise<string> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => messageOf(error),
  );
  if (outcome === null) throw new Error(`took ${what}`);
  return outcome;
}
