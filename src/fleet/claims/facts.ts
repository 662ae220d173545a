// What the claims say and what they are set beside, each with its source. Knows no arithmetic.
import * as v from 'valibot';
import { unknownValue } from '../../core/errors.ts';
import { type Constant, constantSchema } from '../catalogue.ts';
import claimsJson from '../data/claims.json' with { type: 'json' };

export const FACTS: readonly Constant[] = v.parse(v.array(constantSchema), claimsJson.facts);

export function findFact(id: string): Constant {
  const known = FACTS.find((fact) => fact.id === id);
  return (
    known ??
    unknownValue(
      'fact of the claims ledger',
      id,
      FACTS.map((fact) => fact.id),
    )
  );
}
