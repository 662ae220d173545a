// A file on disk as a byte source. Nothing of it is held in memory but what is asked for.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ByteSource } from '../../models/files/byte-source.ts';
import { UserError } from '../core/errors.ts';

export interface FileSource extends ByteSource {
  close(): Promise<void>;
}

/** A UserError when there is no such file. Close it when done. */
export async function openFileSource(path: string): Promise<FileSource> {
  const handle = await open(path).catch(() => {
    throw new UserError(`${path}: no such file`);
  });
  const found = await handle.stat();
  if (!found.isFile()) {
    await handle.close();
    throw new UserError(`${path}: not a file`);
  }
  const { size } = found;
  return {
    name: basename(path),
    size,
    read: async (offset, length) => {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    close: () => handle.close(),
  };
}
