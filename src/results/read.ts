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

/** NaN or Infinity as some writers leave them, which is no JSON. */
const BARE_NUMBER = /(?<=[[:,]\s*)-?(?:NaN|Infinity)\b/g;

function parseJson(text: string, fileName: string): unknown {
  if (text.trim() === '') throw new UserError(`${fileName}: empty file`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const bare = text.match(BARE_NUMBER)?.[0];
    if (bare) throw new UserError(`${fileName}: at ${pathOfBare(text)}: ${bare}, but every number must be finite`);
    const complete = /[}\]]\s*$/.test(text);
    throw new UserError(`${fileName}: not valid JSON${complete ? '' : ', cut off'} (${(error as Error).message})`);
  }
}

/** Where in the file the first number stands that JSON cannot hold: as null, the schema trips over it. */
function pathOfBare(text: string): string {
  try {
    const parsed = v.safeParse(resultFileSchema, JSON.parse(text.replaceAll(BARE_NUMBER, 'null')), {
      abortEarly: true,
    });
    return parsed.success ? 'an unknown key' : (v.getDotPath(parsed.issues[0]) ?? 'the top');
  } catch {
    return 'an unknown place';
  }
}
