// Reads a kernel case's parameters against a table: every name known, in range, and present unless it has a default.
// Knows no family.
import type { Params, ParamValue } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';

export type ParamSpec = { readonly default?: ParamValue } & (
  | { readonly kind: 'integer'; readonly min: number; readonly max: number; readonly multipleOf?: number }
  | { readonly kind: 'number'; readonly min: number; readonly max: number }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
);

export type ReadParams<S extends Record<string, ParamSpec>> = {
  readonly [K in keyof S]: S[K] extends { kind: 'choice' } ? string : number;
};

/** Number of elements of one buffer that u32 index arithmetic in a shader, and a 4 GiB binding, can reach. */
const MAX_ELEMENTS = 2 ** 30;

/** A length or count from 1 to `max`. */
export function size(max: number = MAX_ELEMENTS, multipleOf = 1): ParamSpec & { kind: 'integer' } {
  return { kind: 'integer', min: multipleOf, max, multipleOf };
}

/** The same parameter, which a case may leave out. */
export function optional<S extends ParamSpec>(spec: S, value: ParamValue): S & { readonly default: ParamValue } {
  return { ...spec, default: value };
}

/** One of the names. */
export function choice(...choices: readonly string[]): ParamSpec & { kind: 'choice' } {
  return { kind: 'choice', choices };
}

/** Typed parameters, defaults filled in; throws a UserError that names the kernel, the parameter, its value and what is allowed. */
export function readParams<S extends Record<string, ParamSpec>>(
  kernel: string,
  params: Params,
  spec: S,
): ReadParams<S> {
  const known = Object.keys(spec);
  for (const name of Object.keys(params)) {
    if (!known.includes(name)) {
      throw new UserError(
        `${kernel}: unknown parameter '${name}'. Known: ${known.map((n) => `${n}=${allowed(spec[n]!)}`).join(', ')}`,
      );
    }
  }
  const read: Record<string, ParamValue> = {};
  for (const name of known) {
    const value = params[name] ?? spec[name]!.default;
    if (value === undefined)
      throw new UserError(`${kernel}: parameter '${name}' is missing; give ${name}=${allowed(spec[name]!)}`);
    if (!fits(value, spec[name]!)) throw new UserError(`${kernel}: ${name}=${value} must be ${allowed(spec[name]!)}`);
    read[name] = value;
  }
  return read as ReadParams<S>;
}

/** Throws unless the product of the named lengths stays addressable in one buffer. */
export function requireAddressable(kernel: string, lengths: Readonly<Record<string, number>>): void {
  const product = Object.values(lengths).reduce((a, b) => a * b, 1);
  if (product > MAX_ELEMENTS) {
    const text = Object.entries(lengths)
      .map(([name, value]) => `${name}=${value}`)
      .join(' × ');
    throw new UserError(`${kernel}: ${text} is ${product} elements; one buffer holds at most ${MAX_ELEMENTS}`);
  }
}

function fits(value: ParamValue, spec: ParamSpec): boolean {
  if (spec.kind === 'choice') return typeof value === 'string' && spec.choices.includes(value);
  if (typeof value !== 'number' || !(value >= spec.min && value <= spec.max)) return false;
  return spec.kind === 'number' || (Number.isInteger(value) && value % (spec.multipleOf ?? 1) === 0);
}

function allowed(spec: ParamSpec): string {
  if (spec.kind === 'choice') return spec.choices.join(' or ');
  const range = `${spec.min} to ${spec.max}`;
  if (spec.kind === 'number') return `a number from ${range}`;
  const step = spec.multipleOf ?? 1;
  return step > 1 ? `a multiple of ${step} from ${range}` : `a whole number from ${range}`;
}
