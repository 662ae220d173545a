// From what a person wrote to the files of a model: first what would be downloaded, with sizes, then the download. Two steps,
// so that nothing large is fetched before its size was shown.
import { UserError } from '../../src/core/errors.ts';
import type { ByteSource } from '../files/byte-source.ts';
import { download } from './download.ts';
import { listHubFiles, type RemoteFile } from './hub.ts';
import type { ModelReference } from './reference.ts';
import { ask, type Network } from './request.ts';
import { keyOf, type ModelStore } from './store.ts';

export interface DownloadPlan {
  /** What was asked for. */
  readonly name: string;
  readonly files: readonly RemoteFile[];
  /** Bytes of all files, and of those that still have to come. */
  readonly bytes: number;
  readonly missingBytes: number;
}

export interface DownloadProgress {
  readonly file: string;
  /** Of all files, what is here and what it will be. */
  readonly bytes: number;
  readonly total: number;
}

/** Asks only for names and sizes. */
export async function planDownload(
  reference: Exclude<ModelReference, { kind: 'path' }>,
  store: ModelStore,
  network: Network,
): Promise<DownloadPlan> {
  const files =
    reference.kind === 'hub' ? await listHubFiles(reference, network) : await filesAt(reference.url, network);
  let missingBytes = 0;
  for (const file of files) {
    if (await store.find(keyOf(file))) continue;
    missingBytes += file.size - Math.min(file.size, (await store.partial(keyOf(file)))?.size ?? 0);
  }
  const name = reference.kind === 'hub' ? `hf:${reference.repository}` : files[0]!.name;
  return { name, files, bytes: files.reduce((sum, { size }) => sum + size, 0), missingBytes };
}

/** Downloads what is missing, one file after the other. */
export async function fetchPlan(
  { files, bytes: total }: DownloadPlan,
  store: ModelStore,
  network: Network,
  progress: (progress: DownloadProgress) => void,
): Promise<ByteSource[]> {
  const sources: ByteSource[] = [];
  let before = 0;
  for (const file of files) {
    const tell = (bytes: number): void => progress({ file: file.name, bytes: before + bytes, total });
    sources.push(await download(file, store, { ...network, progress: tell }));
    before += file.size;
  }
  return sources;
}

/** Files beside safetensors at an address; each may be absent but the first. */
const BESIDE = ['config.json', 'generation_config.json', 'tokenizer.json', 'tokenizer_config.json'];

/** The file at an address, and, of safetensors, those that belong to it and lie beside it. */
async function filesAt(url: string, network: Network): Promise<RemoteFile[]> {
  const main = await statUrl(url, network);
  if (!/\.safetensors$/i.test(main.name)) return [main];
  const beside: RemoteFile[] = [];
  for (const name of BESIDE) {
    const found = await statUrl(new URL(name, url).href, network).catch((error: unknown) => {
      if (error instanceof UserError && name !== 'config.json') return null;
      throw error;
    });
    if (found) beside.push(found);
  }
  return [...beside, main];
}

async function statUrl(url: string, network: Network): Promise<RemoteFile> {
  const name = decodeURIComponent(new URL(url).pathname.split('/').at(-1) ?? '');
  if (name === '') throw new UserError(`${url}: the address must end in a file name`);
  const answer = await ask(url, { method: 'HEAD' }, name, network);
  const size = Number(answer.headers.get('Content-Length') ?? Number.NaN);
  if (!Number.isSafeInteger(size)) throw new UserError(`${name}: the server does not say how large the file is`);
  return { name, url, size, sha256: null, etag: answer.headers.get('ETag') };
}
