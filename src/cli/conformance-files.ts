// Conformance of model files, read by the very readers that load models: gguf/*.gguf by the token ids of their test strings,
// safetensors/*.safetensors by whether every tensor holds together. Knows no browser.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGguf } from '../../models/gguf/header.ts';
import { openSafetensors, READABLE_DTYPES, readEntry, readEntryBytes } from '../../models/safetensors/reader.ts';
import { tokenizerFromGguf } from '../../models/tokenizer/tokenizer-gguf.ts';
import { messageOf } from '../core/errors.ts';
import { openFileSource } from '../native/file-source.ts';
import { restoredTwin } from './text-damage.ts';

export interface FileCase {
  readonly name: string;
  run(): Promise<FileResult>;
}

export interface FileResult {
  readonly name: string;
  readonly state: 'passed' | 'failed';
  readonly detail: string;
}

/** Every model file under the folder, by name; `known` is where whole copies of damaged ones may lie. */
export async function findFileCases(folder: string, known: string): Promise<FileCase[]> {
  const kinds = [
    { kind: 'gguf', check: (path: string) => checkGguf(path, known) },
    { kind: 'safetensors', check: checkSafetensors },
  ] as const;
  const cases: FileCase[] = [];
  for (const { kind, check } of kinds) {
    const files = (await readdir(join(folder, kind)).catch(() => []))
      .filter((file) => file.endsWith(`.${kind}`))
      .sort();
    for (const file of files) {
      const name = `${kind}/${file.slice(0, -kind.length - 1)}`;
      cases.push({ name, run: () => runCase(name, () => check(join(folder, kind, file))) });
    }
  }
  return cases;
}

/** Whatever a check throws is a failure of that case. */
async function runCase(name: string, check: () => Promise<string>): Promise<FileResult> {
  try {
    return { name, state: 'passed', detail: await check() };
  } catch (error) {
    return { name, state: 'failed', detail: messageOf(error) };
  }
}

/** What separates the strings of a `.inp` file. */
const SEPARATOR = '\n__ggml_vocab_test__\n';

/** Tokenizes each string of `.inp`; throws at the first whose ids are not those of its line in `.out`. */
async function checkGguf(path: string, known: string): Promise<string> {
  const twin = await restoredTwin(path, known);
  const source = await openFileSource(twin ?? path);
  const tokenizer = tokenizerFromGguf(await openGguf(source));
  const texts = (await readFile(`${path}.inp`, 'utf8')).split(SEPARATOR);
  const lines = (await readFile(`${path}.out`, 'utf8')).split('\n');
  // Each string is followed by a separator, each line by a line feed; what comes after the last is nothing.
  if (texts.at(-1)?.trim() === '') texts.pop();
  if (lines.at(-1) === '') lines.pop();
  if (texts.length !== lines.length) throw new Error(`${texts.length} strings, but ${lines.length} lines of ids`);
  for (const [i, text] of texts.entries()) {
    const [found, expected] = [tokenizer.encode(text).join(' '), lines[i]!.trim()];
    if (found !== expected) throw new Error(`string ${i + 1}, ${JSON.stringify(text)}: ids ${found}, not ${expected}`);
  }
  const damage = twin ? '; the file is damaged by a text conversion, so its restored copy was read' : '';
  return `${texts.length} strings give the same token ids${damage}`;
}

/** Reads every tensor; throws where name, type, shape and bytes do not hold together. */
async function checkSafetensors(path: string): Promise<string> {
  const source = await openFileSource(path);
  const file = await openSafetensors(source);
  const counts = new Map<string, number>();
  for (const entry of file.entries) {
    const bytes = await readEntryBytes(file, entry);
    if (bytes.length !== entry.length) throw new Error(`tensor '${entry.name}': ${bytes.length} bytes`);
    if (isReadable(entry.dtype)) await readEntry(file, entry);
    counts.set(entry.dtype, (counts.get(entry.dtype) ?? 0) + 1);
  }
  const list = [...counts].map(([dtype, n]) => `${n} ${dtype}${isReadable(dtype) ? '' : ' (listed only)'}`).join(', ');
  const tensors = file.entries.length === 1 ? '1 tensor fills' : `${file.entries.length} tensors fill`;
  return `${tensors} ${source.size} bytes of ${source.name}: ${list}`;
}

function isReadable(dtype: string): boolean {
  return (READABLE_DTYPES as readonly string[]).includes(dtype);
}
