// The fleet's constants, each with its source, checked when loaded: of GPUs and power, of pairing, of the rollout. A user's own
// entries take the place of these before anything is computed (overlay.ts). Knows no formula.
import * as v from 'valibot';
import { unknownValue } from '../core/errors.ts';
import constantsJson from './data/constants.json' with { type: 'json' };
import pairingJson from './data/pairing.json' with { type: 'json' };
import rolloutJson from './data/rollout.json' with { type: 'json' };

const finite = v.pipe(v.number(), v.finite());
const words = v.pipe(v.string(), v.minLength(1));

export const constantSchema = v.pipe(
  v.strictObject({
    id: words,
    what: words,
    value: finite,
    lo: finite,
    hi: finite,
    /** Share of probability between lo and hi. */
    coverage: v.picklist([0.8, 0.9]),
    shape: v.picklist(['fixed', 'log-normal', 'logit-normal']),
    unit: words,
    basis: v.picklist(['measured', 'published', 'vendor-claim', 'counted', 'assumption']),
    source: words,
    date: words,
    note: v.string(),
  }),
  v.check(({ lo, value, hi }) => lo <= value && value <= hi, 'value must lie from lo to hi'),
  v.check(({ shape, lo }) => shape === 'fixed' || lo > 0, 'lo must be above 0'),
  v.check(({ shape, hi }) => shape !== 'logit-normal' || hi < 1, 'hi must be below 1'),
);
export type Constant = v.InferOutput<typeof constantSchema>;

const constants = new Map<string, Constant>(
  v
    .parse(v.array(constantSchema), [...constantsJson.constants, ...pairingJson.constants, ...rolloutJson.constants])
    .map((constant) => [constant.id, constant]),
);

export function allConstants(): readonly Constant[] {
  return [...constants.values()];
}

/** A UserError lists those known. */
export function findConstant(id: string): Constant {
  return constants.get(id) ?? unknownValue('fleet constant', id, [...constants.keys()]);
}

/** Its value, for a constant without uncertainty or where the median is meant. */
export const constantValue = (id: string): number => findConstant(id).value;

/** The constant, or exactly the given value, which then carries no uncertainty. */
export function constantOr(id: string, given: number | null): Constant {
  const constant = findConstant(id);
  if (given === null) return constant;
  const exact = { value: given, lo: given, hi: given, shape: 'fixed', basis: 'counted' } as const;
  return { ...constant, ...exact, source: 'given in the scenario', note: '' };
}

/** For overlay.ts alone: another value for a constant that is known. */
export function replaceConstant(constant: Constant): void {
  constants.set(constant.id, constant);
}
