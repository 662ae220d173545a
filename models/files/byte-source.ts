// Random access to the bytes of a model file, wherever it lies: memory, a dropped file, a disk, a server.
// Knows no format. What a caller asks for is checked against the file's size before anything is read or allocated.
import { UserError } from '../../src/core/errors.ts';

export interface ByteSource {
  /** What messages call the file. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes [offset, offset + length), which lie within the file: ask through `readBytes`. The caller may keep or change them. */
  read(offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file already in memory; what is read is a copy. */
export function sourceOfBytes(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read: async (offset, length) => Uint8Array.from(bytes.subarray(offset, offset + length)),
  };
}

/** A dropped or stored file, read a piece at a time. */
export function sourceOfBlob(name: string, blob: Blob): ByteSource {
  return {
    name,
    size: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** Reads `what`; a UserError names the file, the part and both lengths when it would reach past the end. */
export async function readBytes(
  source: ByteSource,
  offset: number,
  length: number,
  what: string,
): Promise<Uint8Array<ArrayBuffer>> {
  requireWithin(source, offset, length, what);
  const bytes = await source.read(offset, length);
  // Alone in its buffer, so that a caller may look at the same bytes as floats.
  if (bytes.length === length) return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
  throw new UserError(
    `${source.name}: ${what}: ${length} bytes asked for, ${bytes.length} came; the file is cut short`,
  );
}

/** Throws a UserError unless [offset, offset + length) are bytes of a file of that size. */
export function requireWithin(
  { name, size }: Pick<ByteSource, 'name' | 'size'>,
  offset: number,
  length: number,
  what: string,
): void {
  const whole = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (whole && offset + length <= size) return;
  throw new UserError(
    `${name}: ${what}: ${shown(length)} bytes from ${shown(offset)} do not fit in the file's ${size}; it is cut short or not what it says`,
  );
}

/** Whole numbers in full: JavaScript would write large ones as 1e+21. */
function shown(value: number): string {
  return Number.isFinite(value) && Number.isInteger(value) ? BigInt(value).toString() : String(value);
}
