// Playwright when a browser is needed, and not before: the native lane does without, and a bundle holds none.
import { EXIT, messageOf, UserError } from '../core/errors.ts';

/** Throws a UserError where the package is missing. */
export function loadPlaywright(): Promise<typeof import('playwright')> {
  return import('playwright').catch((error: unknown) => {
    const why = messageOf(error).split('\n', 1)[0];
    throw new UserError(`no browser can be driven from here (${why}): bench --lane native needs none`, EXIT.noAdapter);
  });
}
