// A trace of requests out of a JSON file: arrival and lengths of each. Knows no simulation.
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import type { TraceRequest } from './simulate.ts';

const tokens = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(1e7));
const traceSchema = v.pipe(
  v.array(v.strictObject({ at: v.pipe(v.number(), v.finite(), v.minValue(0)), isl: tokens, osl: tokens })),
  v.minLength(1),
);

/** An array of `{at, isl, osl}`, `at` in seconds. A UserError names the file, the entry and what is wrong with it. */
export function parseTrace(name: string, json: unknown): readonly TraceRequest[] {
  const result = v.safeParse(traceSchema, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new UserError(
    `${name} is no trace, an array of {at, isl, osl}: ${v.getDotPath(issue) ?? 'file'}: ${issue.message}`,
  );
}
