// The textual id that names a case everywhere: URL, command line, log, result file, comparison.
// Form: `kernel/matmul/register:m=512;n=512;k=512;type=f32`. Knows no family and no runtime.
import { UserError } from './errors.ts';

export type ParamValue = string | number;
export type Params = Readonly<Record<string, ParamValue>>;

export interface CaseId {
  /** Slash-separated path, e.g. `kernel/matmul/register`. */
  readonly path: string;
  readonly params: Params;
}

const PATH = /^[a-z0-9][\w.+-]*(\/[\w.+-]+)+$/i;

/** `path:k=v;k=v`, parameters in the order given. */
export function formatCaseId(path: string, params: Params): string {
  const text = Object.entries(params)
    .map(([key, value]) => `${key}=${value}`)
    .join(';');
  return text === '' ? path : `${path}:${text}`;
}

/** Inverse of formatCaseId; values that look like finite numbers become numbers. */
export function parseCaseId(id: string): CaseId {
  const colon = id.indexOf(':');
  const path = colon < 0 ? id : id.slice(0, colon);
  if (!PATH.test(path)) throw new UserError(`case id '${id}': the part before ':' must look like kernel/matmul/tiled`);
  const params: Record<string, ParamValue> = {};
  if (colon >= 0) {
    for (const pair of id.slice(colon + 1).split(';')) {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UserError(`case id '${id}': parameter '${pair}' must be name=value`);
      const text = pair.slice(equals + 1);
      params[pair.slice(0, equals)] = text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    }
  }
  return { path, params };
}

/** Whether an id matches a pattern: `*` stands for any run of characters; a pattern without `:` also matches a path. */
export function matchesPattern(pattern: string, id: string): boolean {
  const regex = new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
  return regex.test(id) || (!pattern.includes(':') && regex.test(id.split(':', 1)[0]!));
}
