// Reads the header of a safetensors file: eight bytes of length, then JSON that places every tensor. Knows no file access.
// Format: https://github.com/huggingface/safetensors#format. Every place is checked against the file's size; tensors
// must lie one after the other without gap or overlap and fill the file, as the format's own reader demands.
import { UserError } from '../../src/core/errors.ts';

/** Bits of one element of each type the format knows. */
export const DTYPE_BITS: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  U16: 16,
  I16: 16,
  F16: 16,
  BF16: 16,
  U32: 32,
  I32: 32,
  F32: 32,
  U64: 64,
  I64: 64,
  F64: 64,
  C64: 64,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E5M2FNUZ: 8,
  F8_E4M3FNUZ: 8,
  F8_E8M0: 8,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
};

/** Bytes of the length at the start. */
export const LENGTH_BYTES = 8;
/** The format's own limit on the header. */
const LARGEST_HEADER = 100_000_000;

export interface SafetensorsEntry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Place in the file, bytes. */
  readonly offset: number;
  readonly length: number;
}

export interface SafetensorsHeader {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order in which they lie in the file. */
  readonly entries: readonly SafetensorsEntry[];
}

/** Length of the header after the first eight bytes of a file of `size` bytes; a UserError when that cannot be. */
export function headerLength(start: Uint8Array, fileName: string, size: number): number {
  if (start.length < LENGTH_BYTES) {
    throw new UserError(`${fileName}: not a safetensors file: ${size} bytes, the header's length alone takes 8`);
  }
  const length = new DataView(start.buffer, start.byteOffset).getBigUint64(0, true);
  const allowed = Math.min(size - LENGTH_BYTES, LARGEST_HEADER);
  if (length >= 2n && length <= BigInt(allowed)) return Number(length);
  throw new UserError(
    `${fileName}: not a safetensors file: header length ${length}, allowed are 2 to ${allowed} (of ${size} bytes)`,
  );
}

/** Reads the JSON of the header. A UserError names the file, the tensor, the field, what was found and what is allowed. */
export function parseHeader(header: Uint8Array, fileName: string, size: number): SafetensorsHeader {
  const start = LENGTH_BYTES + header.length;
  const fields = parseObject(header, fileName);
  const entries: SafetensorsEntry[] = [];
  let metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (name === '__metadata__') metadata = readMetadata(value, fileName);
    else entries.push(readEntry(name, value, { fileName, start, size }));
  }
  entries.sort((a, b) => a.offset - b.offset || a.length - b.length);
  requireGapless(entries, { fileName, start, size });
  return { metadata, entries };
}

interface Place {
  readonly fileName: string;
  /** Where the tensors begin, and the file's end. */
  readonly start: number;
  readonly size: number;
}

function parseObject(header: Uint8Array, fileName: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(header));
  } catch {
    throw new UserError(`${fileName}: not a safetensors file: its header is not JSON`);
  }
  if (isObject(parsed)) return parsed;
  throw new UserError(`${fileName}: not a safetensors file: its header is not a JSON object`);
}

function readMetadata(value: unknown, fileName: string): Record<string, string> {
  if (isObject(value) && Object.values(value).every((text) => typeof text === 'string')) {
    return value as Record<string, string>;
  }
  throw new UserError(`${fileName}: __metadata__: must map names to strings`);
}

function readEntry(name: string, value: unknown, { fileName, start, size }: Place): SafetensorsEntry {
  const refuse = (what: string): never => {
    throw new UserError(`${fileName}: tensor '${shorten(name)}': ${what}`);
  };
  if (!isObject(value)) return refuse('must be an object of dtype, shape and data_offsets');
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BITS, dtype)) {
    return refuse(
      `dtype ${shorten(JSON.stringify(dtype) ?? 'is missing')}; known: ${Object.keys(DTYPE_BITS).join(', ')}`,
    );
  }
  if (!isCounts(shape)) return refuse('shape must be a list of whole numbers');
  if (!isCounts(offsets) || offsets.length !== 2) return refuse('data_offsets must be two whole numbers');
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > size - start) {
    return refuse(`data_offsets ${begin} to ${end}, allowed are 0 to ${size - start}`);
  }
  const bits = shape.reduce((product, count) => product * count, DTYPE_BITS[dtype]!);
  if (bits !== 8 * (end - begin)) {
    return refuse(`${end - begin} bytes; ${dtype} of shape [${shape}] takes ${Math.ceil(bits / 8)}`);
  }
  return { name, dtype, shape, offset: start + begin, length: end - begin };
}

function requireGapless(entries: readonly SafetensorsEntry[], { fileName, start, size }: Place): void {
  let end = start;
  for (const { name, offset, length } of entries) {
    if (offset !== end) {
      throw new UserError(
        `${fileName}: tensor '${shorten(name)}': begins at byte ${offset}, the one before ends at ${end}; tensors must follow each other`,
      );
    }
    end = offset + length;
  }
  if (end !== size) throw new UserError(`${fileName}: its tensors end at byte ${end}, the file at ${size}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}

/** Names come from the file and may be of any length. */
function shorten(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 80)}…`;
}
