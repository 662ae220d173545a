// Every number of the serving model that is neither measured nor calibrated, with its source, found by id. Knows no formula.
import * as v from 'valibot';
import constantsJson from '../data/serving/constants.json' with { type: 'json' };

const finite = v.pipe(v.number(), v.finite());
const positive = v.pipe(finite, v.gtValue(0));
const words = v.pipe(v.string(), v.minLength(1));
const provenance = { grade: words, source: words, date: words };

const constantSchema = v.strictObject({ id: words, what: words, value: positive, unit: words, ...provenance });
/** Standard deviations (log scale), by label. */
const spreadSchema = v.strictObject({ values: v.record(words, positive), ...provenance });

export const SERVING_CONSTANTS = v.parse(v.array(constantSchema), constantsJson.constants);
export const SERVING_SPREADS = v.parse(v.record(words, spreadSchema), constantsJson.spreads);

const values = new Map(SERVING_CONSTANTS.map(({ id, value }) => [id, value]));

/** For overlay.ts alone: another value for a constant that is known. */
export function replaceServingConstant(id: string, value: number): void {
  values.set(id, value);
}

/** The constant of that id; undefined for an id that data may ask for (a weight format) and the file does not hold. */
export const lookUpConstant = (id: string): number | undefined => values.get(id);

/** The constant of an id the code names; a missing one is a bug. */
export function servingConstant(id: string): number {
  const value = values.get(id);
  if (value === undefined) throw new RangeError(`no serving constant ${id}`);
  return value;
}

export function servingSpreads(domain: keyof typeof constantsJson.spreads): Readonly<Record<string, number>> {
  return SERVING_SPREADS[domain]!.values;
}

export type NoiseKind = keyof typeof constantsJson.spreads.noise.values;

/** Spread of what no label explains. */
export function noiseOf(kind: NoiseKind): number {
  return constantsJson.spreads.noise.values[kind];
}
