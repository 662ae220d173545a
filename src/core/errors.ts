// The one error type meant for people: what was asked, what was found, what to do next. Knows no exit mechanism.
import { nearestName } from './nearest.ts';

/** Exit codes of the command line; the page shows the same errors as text. */
export const EXIT = { ok: 0, failed: 1, badInput: 2, inconclusive: 3, noAdapter: 4, interrupted: 130 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake in what was asked (flag, id, file, model), or an environment that cannot serve it. Never a bug. */
export class UserError extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode = EXIT.badInput) {
    super(message);
    this.name = 'UserError';
    this.exitCode = exitCode;
  }
}

/** What was asked is well formed, but this device or runtime has no room or no way for it: a reason to skip a case. */
export class LimitError extends UserError {
  override readonly name = 'LimitError';
}

/** Throws a UserError naming the unknown value, the known one it is likely a mistyped form of, and all known ones. */
export function unknownValue(what: string, value: string, known: readonly string[]): never {
  const near = nearestName(value, known);
  throw new UserError(
    `unknown ${what} '${value}'${near === null ? '' : ` (Did you mean ${near}?)`}. Known: ${known.join(', ')}`,
  );
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
