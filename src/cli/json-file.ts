// JSON files that a person names on the command line. Errors name the file and what is wrong with it.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UserError } from '../core/errors.ts';
import { writeAtomically } from './result-store.ts';

export async function readJsonFile(path: string, cwd: string): Promise<unknown> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${messageOf(error)}`);
  }
}

/** Whole or not at all: a reader never meets half a file. */
export async function writeTextFile(path: string, cwd: string, text: string): Promise<void> {
  await writeAtomically(resolve(cwd, path), text);
}
