// A file on disk as a byte source. Nothing of it is held in memory but what is asked for; it is opened anew for each read, so
// that nobody has to close it.
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ByteSource } from '../../models/files/byte-source.ts';
import { UserError } from '../core/errors.ts';

/** A UserError when there is no such file. */
export async function openFileSource(path: string, name = basename(path)): Promise<ByteSource> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new UserError(`${path}: no such file`);
  if (!found.isFile()) throw new UserError(`${path}: not a file`);
  return { name, size: found.size, read: (offset, length) => readPiece(path, offset, length) };
}

/** As many of the bytes as the file still has. */
async function readPiece(path: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(path);
  try {
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
