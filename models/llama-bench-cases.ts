// llama-bench's own tests as cases: pp512 evaluates a prompt of 512 random tokens, tg128 evaluates 128 random tokens one by one,
// nothing sampled (https://github.com/ggml-org/llama.cpp/tree/master/tools/llama-bench). Knows no runtime object.
import { formatCaseId, parseCaseId } from '../src/core/case-id.ts';
import { UserError, unknownValue } from '../src/core/errors.ts';
import type { ListedCase } from '../src/core/suites.ts';
import { type AttentionForm, type ModelRuntime, OWN_RUNTIMES, parseDecoderCase, readsOnnx } from './decoder-cases.ts';
import { type Cost, decodeCost, prefillCost, type WeightType } from './decoder-cost.ts';
import type { DecoderConfig } from './decoders.ts';

export interface LlamaBenchCase {
  readonly runtime: ModelRuntime;
  readonly model: string;
  readonly test: 'pp' | 'tg';
  /** Tokens of the test. */
  readonly tokens: number;
  readonly type: WeightType;
  readonly attention: AttentionForm | null;
}

const PREFIX = 'llama-bench/';
const MODELS: readonly (readonly [string, WeightType])[] = [
  ['test-4x128', 'f32'],
  ['smollm2-135m', 'f16'],
  ['llama-3.2-1b', 'f16'],
  ['llama-3.2-1b', 'int4'],
];
const TESTS = [
  ['pp', 512],
  ['tg', 128],
] as const;

export function listLlamaBenchCases(): ListedCase[] {
  return MODELS.flatMap(([model, type]) =>
    TESTS.flatMap(([test, tokens]) =>
      OWN_RUNTIMES.map((runtime) => {
        const attention = readsOnnx(runtime) ? ('gqa' as const) : null;
        return {
          id: llamaBenchCaseId({ runtime, model, test, tokens, type, attention }),
          suites: ['llama-bench'] as const,
        };
      }),
    ),
  );
}

/** True for the id of any such case, in the list or not; a UserError says what is wrong with one that is not well formed. */
export function acceptsLlamaBenchId(id: string): boolean {
  return id.startsWith(PREFIX) && parseLlamaBenchCase(id).tokens > 0;
}

export function llamaBenchCaseId({ runtime, model, test, tokens, type, attention }: LlamaBenchCase): string {
  return formatCaseId(`${PREFIX}${runtime}/${model}`, {
    ...{ [test]: tokens, type },
    ...(attention ? { attention } : {}),
  });
}

/** A UserError names a part that is unknown, missing or out of range. */
export function parseLlamaBenchCase(id: string): LlamaBenchCase {
  const { path, params } = parseCaseId(id);
  const { pp, tg, ...rest } = params;
  if ((pp === undefined) === (tg === undefined))
    throw new UserError(`case id '${id}': wants one of pp=tokens and tg=tokens`);
  const [test, tokens] = pp === undefined ? (['tg', tg] as const) : (['pp', pp] as const);
  if (typeof tokens !== 'number' || !Number.isInteger(tokens) || tokens < 1) {
    throw new UserError(`case id '${id}': ${test}=${tokens} must be a whole number of tokens, at least 1`);
  }
  for (const key of Object.keys(rest)) {
    if (!['type', 'attention'].includes(key))
      unknownValue(`parameter in '${id}':`, key, ['pp', 'tg', 'type', 'attention']);
  }
  // The other parts are a decoder case's own.
  const alike = formatCaseId(path.replace(PREFIX, 'model/'), { prompt: 1, new: 2, ...rest });
  const { runtime, model, type, attention } = parseDecoderCase(alike);
  return { runtime, model, test, tokens, type, attention };
}

/** Of one token of the test. */
export function llamaBenchCost(config: DecoderConfig, { test, tokens, type }: LlamaBenchCase): Cost {
  if (test === 'tg') return decodeCost(config, type, tokens / 2);
  const { flops, bytes } = prefillCost(config, type, tokens);
  return { flops: flops / tokens, bytes: bytes / tokens };
}
