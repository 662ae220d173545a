// A kind of case that a lane can run: its ids, and how one of them becomes a case of a session. A lane is a list of kinds,
// so that what it can run is told without opening a GPU.
import { unknownValue } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import type { ListedCase } from '../core/suites.ts';
import type { Machine } from './machine.ts';
import type { SessionCase } from './run-session.ts';

export interface CaseKind {
  /** Its ids begin with this, e.g. `kernel/`. */
  readonly prefix: string;
  list(): readonly ListedCase[];
  /** True for the full id of a case that can be made, in the list or not. Throws a UserError that says what is wrong with it. */
  accepts(id: string): boolean;
  /** Throws a UserError for an id that names nothing. */
  toCase(id: string, machine: Machine, options: Options): SessionCase;
}

export function toCases(
  kinds: readonly CaseKind[],
  ids: readonly string[],
  machine: Machine,
  options: Options,
): SessionCase[] {
  return ids.map((id) => {
    const kind = kinds.find(({ prefix }) => id.startsWith(prefix));
    const known = kinds.map(({ prefix }) => `${prefix}…`);
    return (kind ?? unknownValue('kind of case', id, known)).toCase(id, machine, options);
  });
}
