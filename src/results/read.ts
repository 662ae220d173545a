// Text → a checked result file. Every fault names the file and the path inside it; nothing is repaired silently.
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { type ResultFile, resultFileSchema, SCHEMA_NAME, SCHEMA_VERSION } from './schema.ts';

/** Reads a result file's text. Throws a UserError for anything truncated, foreign, newer or malformed. */
export function readResultFile(text: string, fileName: string): ResultFile {
  const json = parseJson(text, fileName);
  const { schema, schemaVersion } = (json ?? {}) as { schema?: unknown; schemaVersion?: unknown };
  if (schema !== SCHEMA_NAME) {
    throw new UserError(
      `${fileName}: not a Fleetmark result file ("schema" is ${JSON.stringify(schema) ?? 'missing'})`,
    );
  }
  if (typeof schemaVersion === 'number' && schemaVersion > SCHEMA_VERSION) {
    throw new UserError(
      `${fileName}: written in format ${schemaVersion}; this version reads up to ${SCHEMA_VERSION}. Update Fleetmark.`,
    );
  }
  const parsed = v.safeParse(resultFileSchema, json, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new UserError(`${fileName}: at ${v.getDotPath(issue) ?? 'the top'}: ${issue.message}`);
}

function parseJson(text: string, fileName: string): unknown {
  if (text.trim() === '') throw new UserError(`${fileName}: empty file`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const bare = /(?<=[[:,]\s*)-?(NaN|Infinity)\b/.exec(text);
    if (bare)
      throw new UserError(`${fileName}: ${bare[0]} at ${lineOf(text, bare.index)}: every number must be finite`);
    const complete = /[}\]]\s*$/.test(text);
    throw new UserError(`${fileName}: not valid JSON${complete ? '' : ', cut off'} (${(error as Error).message})`);
  }
}

function lineOf(text: string, index: number): string {
  return `line ${text.slice(0, index).split('\n').length}`;
}
