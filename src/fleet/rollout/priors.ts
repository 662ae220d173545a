// The rollout's priors, each with its source, beside those that the fleet report shares with it. Knows no arithmetic.
import * as v from 'valibot';
import { unknownValue } from '../../core/errors.ts';
import { CONSTANTS, type Constant, constantSchema } from '../catalogue.ts';
import rolloutJson from '../data/rollout.json' with { type: 'json' };

export const ROLLOUT_CONSTANTS: readonly Constant[] = v.parse(v.array(constantSchema), rolloutJson.constants);

/** A prior by id, of the rollout or of the catalogue. */
export function findPrior(id: string): Constant {
  const all = [...ROLLOUT_CONSTANTS, ...CONSTANTS];
  const found = all.find((constant) => constant.id === id);
  return (
    found ??
    unknownValue(
      'fleet constant',
      id,
      all.map((constant) => constant.id),
    )
  );
}

/** The prior, or exactly the given value, which then carries no uncertainty. */
export function priorOr(id: string, given: number | null): Constant {
  const prior = findPrior(id);
  if (given === null) return prior;
  const exact = { value: given, lo: given, hi: given, shape: 'fixed', basis: 'counted' } as const;
  return { ...prior, ...exact, source: 'given in the scenario', note: '' };
}

/** A chip the rollout can deliver: who shares its domain, what it takes, and which front or transfer gives its rate. */
export interface RolloutChip {
  readonly name: string;
  readonly generation: string;
  readonly domain: string;
  readonly powerKw: string;
}

/** Chips whose serving rate the fleet knows. LPX is part of the Vera Rubin platform alone. */
export const OLDER_CHIPS: readonly RolloutChip[] = [
  { name: 'B200 SXM', generation: 'Blackwell', domain: 'rollout/domain-b200', powerKw: 'power/blackwell-kw' },
];
export const NEWER_CHIPS: readonly RolloutChip[] = [
  { name: 'Rubin R200', generation: 'Rubin', domain: 'nvl72/gpus', powerKw: 'power/rubin-kw' },
];
