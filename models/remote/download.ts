// Downloads a file into a store: goes on where an earlier try ended, checks length and hash, and can be stopped. What has
// come stays in the store, so a stopped download is continued by the next one.
import { UserError } from '../../src/core/errors.ts';
import { type ByteSource, readBytes } from '../files/byte-source.ts';
import type { RemoteFile } from './hub.ts';
import { ask, type Network, TemporaryError } from './request.ts';
import { Sha256 } from './sha256.ts';
import { keyOf, type ModelStore } from './store.ts';

export interface DownloadOptions extends Pick<Network, 'fetch' | 'signal'> {
  /** Bytes of this file that are here, kept ones included; told with every piece. */
  readonly progress: (bytes: number) => void;
  /** Waits between tries, ms. */
  readonly pauses?: readonly number[];
}

const PAUSES = [500, 2000, 5000];
/** Bytes read at a time of what is kept, to hash it. */
const PIECE = 2 ** 22;

/** The whole file, checked. A UserError names the file and what went wrong; rejects with the signal's reason when stopped. */
export async function download(file: RemoteFile, store: ModelStore, options: DownloadOptions): Promise<ByteSource> {
  const key = keyOf(file);
  const kept = await store.find(key);
  if (kept) {
    options.progress(file.size);
    return kept;
  }
  for (const pause of [...(options.pauses ?? PAUSES), null]) {
    try {
      await continueDownload(file, key, store, options);
      await store.finish(key, file);
      return (await store.find(key))!;
    } catch (error) {
      if (!(error instanceof TemporaryError) || pause === null) throw error;
      await wait(pause, options.signal);
    }
  }
  throw new Error('unreachable: the last try throws');
}

async function continueDownload(
  file: RemoteFile,
  key: string,
  store: ModelStore,
  options: DownloadOptions,
): Promise<void> {
  const partial = await store.partial(key);
  let from = partial && partial.size <= file.size ? partial.size : 0;
  let hash = await hashOf(file, from > 0 ? partial : null, options.signal);
  if (from < file.size) {
    const answer = await ask(file.url, { headers: rangeFrom(from, file) }, file.name, options);
    if (from > 0 && !continues(answer, from)) {
      from = 0;
      hash = await hashOf(file, null, options.signal);
    }
    await receive(file, answer, { key, from, hash, store, options });
  }
  const found = hash?.digest() ?? file.sha256;
  if (found === file.sha256) return;
  await store.remove(key);
  throw new UserError(
    `${file.name}: SHA-256 is ${found}, not ${file.sha256}: what came is not the file. It was discarded`,
  );
}

function rangeFrom(from: number, { etag }: RemoteFile): Record<string, string> {
  if (from === 0) return {};
  return { Range: `bytes=${from}-`, ...(etag === null ? {} : { 'If-Range': etag }) };
}

/** Whether an answer goes on where we asked; a server may send the whole file instead. */
function continues(answer: Response, from: number): boolean {
  return answer.status === 206 && (answer.headers.get('Content-Range') ?? '').startsWith(`bytes ${from}-`);
}

/** The hash of what is kept, to be gone on with; null where there is nothing to compare it with. */
async function hashOf(file: RemoteFile, kept: ByteSource | null, signal: AbortSignal): Promise<Sha256 | null> {
  if (file.sha256 === null) return null;
  const hash = new Sha256();
  for (let at = 0; kept && at < kept.size; at += PIECE) {
    signal.throwIfAborted();
    hash.update(await readBytes(kept, at, Math.min(PIECE, kept.size - at), 'what is kept of it'));
  }
  return hash;
}

interface Receiving {
  readonly key: string;
  readonly from: number;
  readonly hash: Sha256 | null;
  readonly store: ModelStore;
  readonly options: DownloadOptions;
}

async function receive(file: RemoteFile, answer: Response, receiving: Receiving): Promise<void> {
  const { key, from, hash, store, options } = receiving;
  let received = from;
  const writer = await store.write(key, from);
  const reader = answer.body?.getReader();
  try {
    options.progress(received);
    for (;;) {
      options.signal.throwIfAborted();
      const { value, done } = (await reader?.read().catch((error: unknown) => {
        options.signal.throwIfAborted();
        throw new TemporaryError(`${file.name}: broke off after ${received} of ${file.size} bytes (${String(error)})`);
      })) ?? { done: true, value: undefined };
      if (done || !value) break;
      if (received + value.length > file.size)
        throw new UserError(`${file.name}: more than its ${file.size} bytes came`);
      hash?.update(value);
      await writer.write(value as Uint8Array<ArrayBuffer>);
      received += value.length;
      options.progress(received);
    }
  } finally {
    await writer.close();
    await reader?.cancel().catch(() => {});
  }
  if (received < file.size) throw new TemporaryError(`${file.name}: ended after ${received} of ${file.size} bytes`);
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}
