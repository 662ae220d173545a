// Tells a binary file that went through a text conversion, which puts U+FFFD in the place of what is no UTF-8, and finds the
// whole file it was made of among our own. Knows no format.
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** Test files are small; a model of gigabytes is not read twice to find out. */
const LARGEST = 2 ** 24;

/** Path of our own copy of that name of which `path` is the text conversion, byte for byte; null when it is not. */
export async function restoredTwin(path: string, folder: string): Promise<string | null> {
  const twin = join(folder, basename(path));
  const [found, whole] = await Promise.all([path, twin].map((file) => stat(file).catch(() => null)));
  if (!found || !whole || found.size > LARGEST || whole.size > LARGEST) return null;
  const [given, own] = await Promise.all([readFile(path), readFile(twin)]);
  if (given.equals(own)) return null;
  return Buffer.from(own.toString('utf8')).equals(given) ? twin : null;
}
