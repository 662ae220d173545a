// Result files as they are named on a command line (label=path, globs, folders, `-`) → single paths in a fixed order.
import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../core/errors.ts';

/** One file, and the side it belongs to. */
export interface NamedInput {
  /** As given before `=`; null for a file that stands for itself. */
  readonly label: string | null;
  /** As shown and opened, relative to the working directory; `-` is stdin. */
  readonly path: string;
  /** False for a file that a folder or glob brought along. */
  readonly named: boolean;
}

const WILDCARD = /[*?]/;

/** Every file an argument stands for, sorted. Throws a UserError when there is none. */
export async function findInputs(given: string, cwd: string): Promise<NamedInput[]> {
  const equals = given.indexOf('=');
  // A file whose own name holds `=` still opens by that name.
  const labelled = equals > 0 && !existsSync(resolve(cwd, given));
  const label = labelled ? given.slice(0, equals) : null;
  const path = labelled ? given.slice(equals + 1) : given;
  if (path === '-') return [{ label, path, named: true }];
  if (WILDCARD.test(path) && !existsSync(resolve(cwd, path)))
    return many(await expandGlob(path, cwd), label, `${path}: matches no file`);
  const found = await stat(resolve(cwd, path)).catch(() => null);
  if (!found?.isDirectory()) return [{ label, path, named: true }];
  const names = (await readdir(resolve(cwd, path))).filter((name) => name.endsWith('.json'));
  return many(
    names.map((name) => join(path, name)),
    label,
    `${path}: no .json file in this folder`,
  );
}

function many(paths: readonly string[], label: string | null, problem: string): NamedInput[] {
  if (paths.length === 0) throw new UserError(problem);
  return [...paths].sort().map((path) => ({ label, path, named: false }));
}

/** `*` and `?` inside one name, `**` for any number of folders: for quoted globs, and shells that know none. */
async function expandGlob(pattern: string, cwd: string): Promise<string[]> {
  const parts = pattern.split('/');
  const fixed = parts.findIndex((part) => WILDCARD.test(part));
  return walk(parts.slice(fixed), parts.slice(0, fixed).join('/') || (pattern.startsWith('/') ? '/' : ''), cwd);
}

/** One folder level after the other, so that a glob in a large tree reads only what it names. */
async function walk(parts: readonly string[], folder: string, cwd: string): Promise<string[]> {
  const [part, ...rest] = parts as [string, ...string[]];
  const entries = await readdir(resolve(cwd, folder), { withFileTypes: true }).catch(() => []);
  const into = (name: string, next: readonly string[]): Promise<string[]> => walk(next, join(folder, name), cwd);
  const seen = entries.filter((entry) => !entry.name.startsWith('.'));
  if (part === '**') {
    const deeper = seen.filter((entry) => entry.isDirectory()).map((entry) => into(entry.name, parts));
    return (await Promise.all([walk(rest.length === 0 ? ['*'] : rest, folder, cwd), ...deeper])).flat();
  }
  const fitting = seen.filter((entry) => nameRegex(part).test(entry.name));
  if (rest.length === 0)
    return fitting.filter((entry) => !entry.isDirectory()).map((entry) => join(folder, entry.name));
  return (
    await Promise.all(fitting.filter((entry) => entry.isDirectory()).map((entry) => into(entry.name, rest)))
  ).flat();
}

function nameRegex(part: string): RegExp {
  const text = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${text}$`);
}
