// Where downloaded files are kept: what the downloader needs of a browser's private file system or a folder on a disk.
import { type ByteSource, sourceOfBytes } from '../files/byte-source.ts';
import type { RemoteFile } from './hub.ts';
import { Sha256 } from './sha256.ts';

export interface StoredFile {
  readonly key: string;
  readonly name: string;
  readonly size: number;
}

export interface StoreWriter {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  close(): Promise<void>;
}

export interface ModelStore {
  /** A file that is whole, under the name it has for people. */
  find(key: string): Promise<ByteSource | null>;
  /** What has come of a file that is not. */
  partial(key: string): Promise<ByteSource | null>;
  /** Goes on after `from` bytes; what lay beyond is cut off. One writer a key. */
  write(key: string, from: number): Promise<StoreWriter>;
  /** From now on the file is whole. */
  finish(key: string, file: RemoteFile): Promise<void>;
  remove(key: string): Promise<void>;
  list(): Promise<StoredFile[]>;
}

/** Names a content: by its hash, or by where it lies and what the server calls this state of it. Fit for a file name. */
export function keyOf({ url, size, sha256, etag }: RemoteFile): string {
  if (sha256 !== null) return `sha256-${sha256}`;
  const hash = new Sha256();
  hash.update(new TextEncoder().encode(JSON.stringify([url, size, etag])));
  return `url-${hash.digest()}`;
}

/** Kept as long as the page or process: for tests, and where nothing else may be written. */
export function memoryStore(): ModelStore {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; whole: string | null }>();
  const source = (key: string, whole: boolean): ByteSource | null => {
    const found = files.get(key);
    return found && (found.whole !== null) === whole ? sourceOfBytes(found.whole ?? key, found.bytes) : null;
  };
  return {
    find: async (key) => source(key, true),
    partial: async (key) => source(key, false),
    write: async (key, from) => {
      const entry = { bytes: (files.get(key)?.bytes ?? new Uint8Array(0)).slice(0, from), whole: null };
      files.set(key, entry);
      return {
        write: async (bytes) => {
          const longer = new Uint8Array(entry.bytes.length + bytes.length);
          longer.set(entry.bytes);
          longer.set(bytes, entry.bytes.length);
          entry.bytes = longer;
        },
        close: async () => {},
      };
    },
    finish: async (key, { name }) => {
      const { bytes } = files.get(key)!;
      files.set(key, { bytes, whole: name });
    },
    remove: async (key) => void files.delete(key),
    list: async () =>
      [...files].flatMap(([key, { bytes, whole }]) =>
        whole === null ? [] : [{ key, name: whole, size: bytes.length }],
      ),
  };
}
