// Chooses cases by suite and filter from the list of all ids. Knows no family and no model.
import { matchesPattern } from './case-id.ts';
import { UserError } from './errors.ts';
import { nearestName } from './nearest.ts';
import { DEFAULT_OPTIONS, type Options, type SuiteName } from './options.ts';

/** Whether the default suite runs as it is: nobody asked for cases by name. */
export function isPlainDefault({ suite, filter }: Pick<Options, 'suite' | 'filter'>): boolean {
  return suite === 'default' && filter.length === 0;
}

/** A case the product can run, with the suites that hold it. `full` holds every case but the peers. */
export interface ListedCase {
  readonly id: string;
  readonly suites: readonly SuiteName[];
}

/**
 * Ids to run, in list order. A filter alone looks through all suites. A filter that is no listed case but, to `accepts`, the
 * exact id of one that can be made, runs after the listed ones; any other that matches nothing is a UserError.
 */
export function selectCases(
  all: readonly ListedCase[],
  options: Pick<Options, 'suite' | 'filter'>,
  accepts: (id: string) => boolean = () => false,
): string[] {
  const inSuite =
    options.filter.length > 0 && options.suite === DEFAULT_OPTIONS.suite
      ? all
      : all.filter((item) => item.suites.includes(options.suite as SuiteName));
  if (options.filter.length === 0) return inSuite.map((item) => item.id);
  const unmatched = options.filter.filter((pattern) => !inSuite.some((item) => matchesPattern(pattern, item.id)));
  const unlisted = unmatched.filter((pattern) => !pattern.includes('*') && accepts(pattern));
  const lost = unmatched.find((pattern) => !unlisted.includes(pattern));
  if (lost !== undefined) throw new UserError(nothingMatches(lost, inSuite));
  const listed = inSuite.filter((item) => options.filter.some((pattern) => matchesPattern(pattern, item.id)));
  return [...listed.map((item) => item.id), ...new Set(unlisted)];
}

function nothingMatches(pattern: string, candidates: readonly ListedCase[]): string {
  const paths = [...new Set(candidates.map((item) => item.id.split(':', 1)[0]!))];
  const groups = [...new Set(paths.map((path) => `${path.split('/').slice(0, 2).join('/')}/*`))];
  const near = nearestName(pattern.split(':', 1)[0]!, [...paths, ...groups]);
  const hint = near === null ? '' : ` (Did you mean '${near}'?)`;
  return `--filter '${pattern}' matches no case${hint}. Known: ${groups.join(', ')}; --list shows every id`;
}
