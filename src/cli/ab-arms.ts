// The two sides of `fleetmark ab` as they are named: builds by path, browser flags, or variants and runtimes by case path.
// Says what each side runs; launches nothing.
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { matchesPattern, parseCaseId } from '../core/case-id.ts';
import { UserError } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import type { CompareSettings } from '../results/compare.ts';
import { chosenIds } from './case-list.ts';

export interface Arm {
  readonly label: string;
  readonly pageFolder: string;
  readonly flags: readonly string[];
  /** Patterns of the cases it runs; the options' own where empty. */
  readonly filter: readonly string[];
}

export interface ArmPair {
  readonly arms: readonly [Arm, Arm];
  /** What a comparison of the two must be told. */
  readonly compare: Pick<CompareSettings, 'match' | 'acrossEnvironment'>;
}

type Named = { readonly label: string } & (
  | { readonly kind: 'build'; readonly folder: string }
  | { readonly kind: 'flags'; readonly flags: readonly string[] }
  | { readonly kind: 'cases'; readonly path: string }
);

/** `first` and `second` as given: `[label=]folder`, `[label=]flags:--x --y` or `[label=]kernel/matmul/tiled`. Throws a UserError. */
export function parseArms(
  first: string,
  second: string,
  options: Options,
  places: { cwd: string; pageFolder: string },
): ArmPair {
  const [a, b] = [parseArm(first, places.cwd), parseArm(second, places.cwd)];
  const named = labelsApart(a, b);
  if (a.kind === 'cases' && b.kind === 'cases') {
    const filters = sharedCases(a.path, b.path, options);
    const arm = (i: 0 | 1): Arm => ({ label: named[i], pageFolder: places.pageFolder, flags: [], filter: filters[i] });
    return { arms: [arm(0), arm(1)], compare: { match: { base: a.path, next: b.path }, acrossEnvironment: false } };
  }
  if (a.kind === 'cases' || b.kind === 'cases') {
    throw new UserError(`ab '${first}' '${second}': a case path can only be held against another case path`);
  }
  const arm = (side: typeof a, label: string): Arm => ({
    label,
    pageFolder: side.kind === 'build' ? side.folder : places.pageFolder,
    flags: side.kind === 'flags' ? side.flags : [],
    filter: [],
  });
  const flagged = a.kind === 'flags' || b.kind === 'flags';
  return { arms: [arm(a, named[0]), arm(b, named[1])], compare: { match: null, acrossEnvironment: flagged } };
}

function parseArm(given: string, cwd: string): Named {
  const [, ownLabel, rest] = /^([\w.-]+)=(.*)$/s.exec(given) ?? [];
  const text = ownLabel === undefined || existsSync(resolve(cwd, given)) ? given : rest!;
  const label = text === given ? undefined : ownLabel;
  if (text.startsWith('flags:')) {
    const flags = text
      .slice('flags:'.length)
      .split(/\s+/)
      .filter((flag) => flag !== '');
    const odd = flags.find((flag) => !flag.startsWith('--'));
    if (odd) throw new UserError(`ab '${given}': '${odd}' is no browser flag; flags begin with --`);
    return { kind: 'flags', flags, label: label ?? (flags.join(' ') || 'no flags') };
  }
  // A checkout's own index.html is the source; a built page has its assets beside it.
  const isPage = (path: string): boolean => ['index.html', 'assets'].every((name) => existsSync(join(path, name)));
  const folder = [text, join(text, 'dist/page')].map((path) => resolve(cwd, path)).find(isPage);
  if (folder) return { kind: 'build', folder, label: label ?? text };
  if (existsSync(resolve(cwd, text))) {
    throw new UserError(
      `ab '${given}': no built page there (${basename(text)}/index.html or ${basename(text)}/dist/page). Run: npm run build`,
    );
  }
  if (!/^(kernel|model|peer)\//.test(text)) {
    throw new UserError(
      `ab '${given}': neither a folder with a built page, nor flags:--…, nor a case path such as kernel/matmul/tiled`,
    );
  }
  return { kind: 'cases', path: text, label: label ?? text };
}

function labelsApart(a: Named, b: Named): readonly [string, string] {
  return a.label === b.label ? [`${a.label} (A)`, `${b.label} (B)`] : [a.label, b.label];
}

/** The cases of both paths with parameters that both have, and that a --filter lets through on either side. */
function sharedCases(first: string, second: string, options: Options): readonly [string[], string[]] {
  const idsOf = (path: string): string[] => chosenIds({ ...options, filter: [`${path}:*`] });
  const suffix = (id: string): string => id.slice(parseCaseId(id).path.length);
  const theirs = new Set(idsOf(second).map(suffix));
  const wanted = (suffix: string): boolean =>
    options.filter.length === 0 ||
    options.filter.some((pattern) => [first, second].some((path) => matchesPattern(pattern, path + suffix)));
  const shared = idsOf(first)
    .map(suffix)
    .filter((item) => theirs.has(item) && wanted(item));
  if (shared.length === 0)
    throw new UserError(
      `ab: ${first} and ${second} have no case with the same parameters${options.filter.length > 0 ? ' under this --filter' : ''}`,
    );
  return [shared.map((item) => first + item), shared.map((item) => second + item)];
}
