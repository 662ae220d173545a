// What a person may write where a model is asked for: `hf:owner/name`, an address, or a path. Knows no network.
import { UserError } from '../../src/core/errors.ts';

/** A repository of the Hugging Face hub, or one file of it. */
export interface HubReference {
  readonly kind: 'hub';
  /** `owner/name`. */
  readonly repository: string;
  /** Path within it; null for the repository's model, whichever files that takes. */
  readonly file: string | null;
  /** Branch, tag or commit. */
  readonly revision: string;
}

export type ModelReference =
  | HubReference
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'path'; readonly path: string };

const FORM = 'hf:owner/name, hf:owner/name/file.gguf, either with @revision at the end';
const PART = /^[A-Za-z0-9][\w.-]{0,95}$/;

/** Reads a reference; a UserError shows the forms when an `hf:` one is none. */
export function parseModelReference(text: string): ModelReference {
  if (/^https?:\/\//i.test(text)) return { kind: 'url', url: new URL(text).href };
  if (!text.startsWith('hf:')) return { kind: 'path', path: text };
  const [path = '', revision = 'main', ...rest] = text.slice('hf:'.length).split('@');
  const [owner = '', name = '', ...file] = path.split('/');
  const parts = [owner, name, ...file];
  const fits = rest.length === 0 && parts.every((part) => PART.test(part) && !part.includes('..'));
  // A branch may have slashes in its name; a dot-dot would climb out of the address.
  if (!fits || !/^[\w./-]{1,200}$/.test(revision) || revision.includes('..')) {
    throw new UserError(`'${text.slice(0, 120)}' names no repository. Write ${FORM}`);
  }
  return { kind: 'hub', repository: `${owner}/${name}`, file: file.length > 0 ? file.join('/') : null, revision };
}
