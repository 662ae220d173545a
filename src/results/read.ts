// Text → checked result files. Every fault names the file and the path inside it; nothing is repaired silently.
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { BUNDLE_NAME, BUNDLE_VERSION } from './bundle.ts';
import { type ResultFile, resultFileSchema, SCHEMA_NAME, SCHEMA_VERSION } from './schema.ts';
import { type RawFile, upgradeFile } from './upgrade.ts';

/** Reads the one result file a text holds. Throws a UserError for anything truncated, foreign, newer or malformed. */
export function readResultFile(text: string, fileName: string): ResultFile {
  const files = readResultFiles(text, fileName);
  if (files.length === 1) return files[0]!;
  throw new UserError(
    `${fileName}: a bundle of ${files.length} result files, where one is wanted. Take one out of it: fleetmark show FILE numbers them, fleetmark merge FILE --only N --out ONE.json writes the Nth`,
  );
}

/** Reads a result file or a bundle of them: at least one file. Throws as readResultFile does. */
export function readResultFiles(text: string, fileName: string): ResultFile[] {
  const json = asRecord(parseJson(text, fileName));
  if (json.schema !== BUNDLE_NAME) return [checkFile(json, fileName, '')];
  requireVersion(json, BUNDLE_VERSION, fileName, 'a bundle of format');
  if (!Array.isArray(json.files) || json.files.length === 0) {
    throw new UserError(`${fileName}: at files: a bundle holds a list of at least one result file`);
  }
  return json.files.map((file, i) => checkFile(asRecord(file), fileName, `files.${i}`));
}

/** `place` is the path to this file inside a bundle; empty where it is the whole. */
function checkFile(json: RawFile, fileName: string, place: string): ResultFile {
  const name = place === '' ? fileName : `${fileName}: at ${place}`;
  if (json.schema !== SCHEMA_NAME) {
    throw new UserError(
      `${name}: not a Fleetmark result file ("schema" is ${JSON.stringify(json.schema) ?? 'missing'})`,
    );
  }
  requireVersion(json, SCHEMA_VERSION, name, 'written in format');
  const fault = faultOf(upgradeFile(json));
  if (typeof fault !== 'string') return fault.file;
  throw new UserError(`${fileName}: at ${[place, fault].filter((part) => part !== '').join('.')}`);
}

function requireVersion({ schemaVersion }: RawFile, newest: number, name: string, words: string): void {
  if (typeof schemaVersion === 'number' && schemaVersion > newest) {
    throw new UserError(`${name}: ${words} ${schemaVersion}; this version reads up to ${newest}. Update Fleetmark.`);
  }
}

/** The checked file, or `path: message` of its first fault. */
function faultOf(json: RawFile): { file: ResultFile } | string {
  const parsed = v.safeParse(resultFileSchema, json, { abortEarly: true });
  if (parsed.success) return { file: parsed.output };
  const issue = parsed.issues[0];
  return `${v.getDotPath(issue) ?? 'the top'}: ${issue.message}`;
}

function asRecord(json: unknown): RawFile {
  return typeof json === 'object' && json !== null ? (json as RawFile) : {};
}

/** NaN or Infinity as some writers leave them, which is no JSON. */
const BARE_NUMBER = /(?<=[[:,]\s*)-?(?:NaN|Infinity)\b/g;

function parseJson(text: string, fileName: string): unknown {
  if (text.trim() === '') throw new UserError(`${fileName}: empty file`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const bare = text.match(BARE_NUMBER)?.[0];
    if (bare) throw new UserError(`${fileName}: at ${pathOfBare(text)}: ${bare}, but every number must be finite`);
    if (!/^\s*[{[]/.test(text)) throw new UserError(`${fileName}: not a Fleetmark result file: it holds no JSON`);
    const complete = /[}\]]\s*$/.test(text);
    throw new UserError(`${fileName}: not valid JSON${complete ? '' : ', cut off'} (${(error as Error).message})`);
  }
}

/** Where in the file the first number stands that JSON cannot hold: as null, the schema trips over it. */
function pathOfBare(text: string): string {
  try {
    const json = asRecord(JSON.parse(text.replaceAll(BARE_NUMBER, 'null')));
    const files = json.schema === BUNDLE_NAME && Array.isArray(json.files) ? json.files : null;
    for (const [i, file] of (files ?? [json]).entries()) {
      const fault = faultOf(asRecord(file));
      if (typeof fault === 'string') return `${files ? `files.${i}.` : ''}${fault.split(': ', 1)[0]}`;
    }
    return 'an unknown key';
  } catch {
    return 'an unknown place';
  }
}
