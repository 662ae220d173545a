// A safetensors file over random access: the header once, each tensor's bytes when asked for.
import { UserError } from '../../src/core/errors.ts';
import { type ByteSource, readBytes } from '../files/byte-source.ts';
import type { TensorValues } from '../weight-source.ts';
import { headerLength, LENGTH_BYTES, parseHeader, type SafetensorsEntry, type SafetensorsHeader } from './header.ts';

/** Types whose numbers we read. */
export const READABLE_DTYPES = ['F32', 'F16', 'BF16'] as const;

export interface SafetensorsFile extends SafetensorsHeader {
  readonly source: ByteSource;
}

/** Reads the header alone; a UserError says what is wrong with it. */
export async function openSafetensors(source: ByteSource): Promise<SafetensorsFile> {
  const start = await readBytes(source, 0, Math.min(LENGTH_BYTES, source.size), 'header length');
  const length = headerLength(start, source.name, source.size);
  const header = await readBytes(source, LENGTH_BYTES, length, 'header');
  return { source, ...parseHeader(header, source.name, source.size) };
}

/** Bytes of one tensor, as they lie in the file. */
export function readEntryBytes({ source }: SafetensorsFile, entry: SafetensorsEntry): Promise<Uint8Array<ArrayBuffer>> {
  return readBytes(source, entry.offset, entry.length, `tensor '${entry.name}'`);
}

/** Numbers of one tensor. A UserError names a type we do not compute with. */
export async function readEntry(file: SafetensorsFile, entry: SafetensorsEntry): Promise<TensorValues> {
  requireReadable(file.source.name, entry);
  const { buffer } = await readEntryBytes(file, entry);
  if (entry.dtype === 'F32') return { type: 'f32', data: new Float32Array(buffer) };
  return { type: entry.dtype === 'F16' ? 'f16' : 'bf16', data: new Uint16Array(buffer) };
}

export function requireReadable(fileName: string, { name, dtype }: SafetensorsEntry): void {
  if ((READABLE_DTYPES as readonly string[]).includes(dtype)) return;
  throw new UserError(
    `${fileName}: tensor '${name}' is ${dtype}, which we do not compute with. Supported: ${READABLE_DTYPES.join(', ')}`,
  );
}
