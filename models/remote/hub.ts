// Which files of a Hugging Face repository make up its model, with their sizes and hashes, through the hub's API. Downloads
// nothing. Everything is asked of one endpoint, given by the caller.
import { UserError } from '../../src/core/errors.ts';
import type { HubReference } from './reference.ts';
import { ask, type Network } from './request.ts';

export const HUB = 'https://huggingface.co';

export interface RemoteFile {
  /** Without folders. */
  readonly name: string;
  readonly url: string;
  /** Bytes. */
  readonly size: number;
  /** Hexadecimal; null where the server does not say. */
  readonly sha256: string | null;
  /** Names this content where there is no hash; null where the server does not say. */
  readonly etag: string | null;
}

/** What goes with safetensors, where a repository has it. */
const SMALL_FILES = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'];
const INDEX = 'model.safetensors.index.json';
const SHARD = /^model(-\d{5}-of-\d{5})?\.safetensors$/;
/** What the hub's addresses call a commit. */
const COMMIT = /^[0-9a-f]{40}$/;

interface TreeEntry {
  readonly path: string;
  readonly size: number;
  readonly sha256: string | null;
}

/** The files to download, at one commit. A UserError says what the repository lacks, or which of several files to name. */
export async function listHubFiles(reference: HubReference, network: Network): Promise<RemoteFile[]> {
  const { repository, revision, file } = reference;
  const shown = `hf:${repository}${revision === 'main' ? '' : `@${revision}`}`;
  const commit = await commitOf(reference, shown, network);
  const folder = file?.includes('/') ? `/${file.slice(0, file.lastIndexOf('/'))}` : '';
  const tree = await readTree(
    `${network.endpoint}/api/models/${repository}/tree/${commit}${encodeURI(folder)}`,
    shown,
    network,
  );
  const chosen = file === null ? chooseModel(tree, shown) : [namedFile(tree, file, shown)];
  return chosen.map(({ path, size, sha256 }) => ({
    name: path.split('/').at(-1)!,
    url: `${network.endpoint}/${repository}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`,
    size,
    sha256,
    etag: null,
  }));
}

/** The commit a branch or tag is at now, so that all files are of one state. */
async function commitOf({ repository, revision }: HubReference, shown: string, network: Network): Promise<string> {
  if (COMMIT.test(revision)) return revision;
  const url = `${network.endpoint}/api/models/${repository}/revision/${encodeURIComponent(revision)}`;
  const { sha } = objectOf(await readJson(await ask(url, {}, shown, network), shown));
  if (typeof sha === 'string' && COMMIT.test(sha)) return sha;
  throw new UserError(`${shown}: the hub's answer names no commit`);
}

/** Files of one folder. The API gives the first thousand; no model has so many beside each other. */
async function readTree(url: string, shown: string, network: Network): Promise<TreeEntry[]> {
  const list = await readJson(await ask(url, {}, shown, network), shown);
  if (!Array.isArray(list)) throw new UserError(`${shown}: the hub's answer is no list of files`);
  return list.map(objectOf).flatMap(({ type, path, size, lfs }) => {
    if (type !== 'file' || typeof path !== 'string') return [];
    // Of a large file the entry's own id is that of a pointer; the hash of its content stands beside it.
    const { oid, size: content } = objectOf(lfs);
    const bytes = content ?? size;
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0) return [];
    return [{ path, size: bytes, sha256: typeof oid === 'string' && /^[0-9a-f]{64}$/.test(oid) ? oid : null }];
  });
}

function namedFile(tree: readonly TreeEntry[], file: string, shown: string): TreeEntry {
  const found = tree.find(({ path }) => path === file);
  if (found) return found;
  const others = tree.filter(({ path }) => /\.(gguf|safetensors|onnx)$/.test(path)).map(({ path }) => path);
  throw new UserError(`${shown}: no file '${file}'. Model files there: ${others.join(', ') || 'none'}`);
}

/** Safetensors with their config, or the only GGUF file. */
function chooseModel(tree: readonly TreeEntry[], shown: string): TreeEntry[] {
  const at = (name: string): TreeEntry[] => tree.filter(({ path }) => path === name);
  const shards = tree.filter(({ path }) => SHARD.test(path));
  if (shards.length > 0 && at('config.json').length > 0) {
    return [...[...SMALL_FILES, ...(shards.length > 1 ? [INDEX] : [])].flatMap(at), ...shards];
  }
  const gguf = tree.filter(({ path }) => path.endsWith('.gguf'));
  if (gguf.length === 1) return gguf;
  if (gguf.length > 1) {
    throw new UserError(
      `${shown}: ${gguf.length} GGUF files; name one: ${gguf.map(({ path }) => `${shown}/${path}`).join(', ')}`,
    );
  }
  throw new UserError(`${shown}: neither model.safetensors with config.json nor a .gguf file`);
}

async function readJson(answer: Response, shown: string): Promise<unknown> {
  try {
    return await answer.json();
  } catch {
    throw new UserError(`${shown}: the hub's answer is not JSON`);
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
