// Reads the header of a GGUF file, versions 2 and 3: metadata, and name, type, shape and place of every tensor.
// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Knows no architecture.
import { UserError } from '../../src/core/errors.ts';
import { type ByteSource, readBytes } from '../files/byte-source.ts';
import { Cursor, MoreNeeded } from './cursor.ts';
import { GGML_TYPES, type GgmlTypeName, ggmlTypeOf, VALUE } from './types.ts';

export type MetadataArray =
  | readonly string[]
  | readonly boolean[]
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array
  | BigUint64Array
  | BigInt64Array;
export type MetadataValue = string | number | bigint | boolean | MetadataArray;

export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlTypeName;
  /** As Hugging Face counts: the last dimension is contiguous. */
  readonly shape: readonly number[];
  /** Place in the file, bytes. */
  readonly offset: number;
  readonly length: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: readonly GgufTensor[];
}

export interface GgufFile extends GgufHeader {
  readonly source: ByteSource;
}

/** Read first; a vocabulary of 150,000 tokens takes some ten times as much. */
const FIRST_READ = 2 ** 20;
/** The format's limits on the lengths of a key and of a tensor's name, and on dimensions. */
const LONGEST_KEY = 65535;
const LONGEST_NAME = 64;
const MOST_DIMENSIONS = 4;

/** Reads the header; a UserError names the file, the field, what was found and what is allowed. */
export async function openGguf(source: ByteSource): Promise<GgufFile> {
  let length = Math.min(FIRST_READ, source.size);
  for (;;) {
    const bytes = await readBytes(source, 0, length, 'header');
    try {
      return { source, ...parseGguf(bytes, source.size, source.name) };
    } catch (error) {
      if (error instanceof UserError && isTextDamaged(bytes)) throw new UserError(`${error.message}. ${TEXT_DAMAGE}`);
      if (!(error instanceof MoreNeeded)) throw error;
      length = Math.min(source.size, Math.max(2 * length, error.needed));
    }
  }
}

const TEXT_DAMAGE =
  'The file seems to have gone through a text conversion, which puts U+FFFD in the place of bytes: fetch it again as binary';

/** Whether what such a conversion leaves is in the beginning: in a whole file it would be a coincidence. */
function isTextDamaged(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, FIRST_READ);
  return start.some((byte, i) => byte === 0xef && start[i + 1] === 0xbf && start[i + 2] === 0xbd);
}

/** Throws MoreNeeded when `bytes`, the beginning of a file of `size`, end within the header. */
export function parseGguf(bytes: Uint8Array, size: number, fileName: string): GgufHeader {
  const cursor = new Cursor(bytes, size, fileName);
  const version = readVersion(cursor);
  // The least a tensor's entry takes: a name's length, dimensions, type and offset; and a key's, type and one byte.
  const tensorCount = cursor.count('tensor count', 8 + 4 + 4 + 8);
  const keyCount = cursor.count('metadata count', 8 + 4 + 1);
  const metadata = new Map<string, MetadataValue>();
  for (let i = 0; i < keyCount; i++) {
    const key = readName(cursor, `metadata key ${i}`, LONGEST_KEY);
    if (metadata.has(key)) cursor.refuse(`metadata key '${key}' is there twice`);
    metadata.set(key, readValue(cursor, cursor.u32(`${key}: type`), key));
  }
  const places: TensorPlace[] = [];
  for (let i = 0; i < tensorCount; i++) places.push(readTensor(cursor, i));
  return { version, metadata, tensors: placeTensors(cursor, places, alignmentOf(cursor, metadata), size) };
}

function readVersion(cursor: Cursor): number {
  const magic = cursor.u32('magic');
  if (magic !== 0x46554747) cursor.refuse('not a GGUF file: it does not begin with GGUF');
  const version = cursor.u32('version');
  if (version === 2 || version === 3) return version;
  const big = version === 0x02000000 || version === 0x03000000;
  return cursor.refuse(`GGUF version ${big ? 'is big-endian' : version}; read are 2 and 3, little-endian`);
}

function readName(cursor: Cursor, what: string, longest: number): string {
  const name = cursor.string(what);
  return name.length <= longest ? name : cursor.refuse(`${what} has ${name.length} characters; allowed are ${longest}`);
}

function alignmentOf(cursor: Cursor, metadata: ReadonlyMap<string, MetadataValue>): number {
  const alignment = metadata.get('general.alignment') ?? 32;
  if (
    typeof alignment === 'number' &&
    alignment >= 1 &&
    alignment <= 2 ** 20 &&
    Number.isInteger(Math.log2(alignment))
  ) {
    return alignment;
  }
  return cursor.refuse(`general.alignment is ${String(alignment).slice(0, 40)}; it must be a power of two up to 2^20`);
}

/** Element sizes of the numeric value types, and what an array of them becomes. */
const ARRAYS = {
  [VALUE.uint8]: Uint8Array,
  [VALUE.int8]: Int8Array,
  [VALUE.uint16]: Uint16Array,
  [VALUE.int16]: Int16Array,
  [VALUE.uint32]: Uint32Array,
  [VALUE.int32]: Int32Array,
  [VALUE.float32]: Float32Array,
  [VALUE.float64]: Float64Array,
  [VALUE.uint64]: BigUint64Array,
  [VALUE.int64]: BigInt64Array,
} as const;

function readValue(cursor: Cursor, type: number, key: string): MetadataValue {
  if (type === VALUE.string) return cursor.string(key);
  if (type === VALUE.array) return readArray(cursor, key);
  if (type === VALUE.bool) return readBool(cursor, key);
  const Numbers = ARRAYS[type as keyof typeof ARRAYS];
  if (!Numbers) return cursor.refuse(`${key}: value type ${type}; known are 0 to 12`);
  return new Numbers(cursor.copy(Numbers.BYTES_PER_ELEMENT, key))[0]!;
}

function readArray(cursor: Cursor, key: string): MetadataArray {
  const type = cursor.u32(`${key}: element type`);
  const numeric = ARRAYS[type as keyof typeof ARRAYS];
  if (numeric) {
    const count = cursor.count(`${key}: element count`, numeric.BYTES_PER_ELEMENT);
    return new numeric(cursor.copy(count * numeric.BYTES_PER_ELEMENT, key));
  }
  if (type === VALUE.bool) {
    const count = cursor.count(`${key}: element count`, 1);
    return Array.from({ length: count }, () => readBool(cursor, key));
  }
  if (type === VALUE.string) {
    const count = cursor.count(`${key}: element count`, 8);
    const strings: string[] = [];
    for (let i = 0; i < count; i++) strings.push(cursor.string(`${key}[${i}]`));
    return strings;
  }
  return cursor.refuse(`${key}: an array of type ${type}; read are numbers, booleans and strings`);
}

function readBool(cursor: Cursor, key: string): boolean {
  const [byte] = new Uint8Array(cursor.copy(1, key));
  return byte! <= 1 ? byte === 1 : cursor.refuse(`${key}: a boolean of ${byte}; allowed are 0 and 1`);
}

interface TensorPlace {
  readonly name: string;
  readonly type: GgmlTypeName;
  readonly shape: readonly number[];
  /** From the start of the data, bytes. */
  readonly start: number;
  readonly length: number;
}

function readTensor(cursor: Cursor, index: number): TensorPlace {
  const name = readName(cursor, `name of tensor ${index}`, LONGEST_NAME);
  const at = `tensor '${name}'`;
  const dimensions = cursor.u32(`${at}: dimensions`);
  if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
    cursor.refuse(`${at}: ${dimensions} dimensions; allowed are 1 to ${MOST_DIMENSIONS}`);
  }
  const shape = Array.from({ length: dimensions }, (_, i) => cursor.u64(`${at}: dimension ${i}`)).reverse();
  const id = cursor.u32(`${at}: type`);
  const type = ggmlTypeOf(id);
  if (!type) return cursor.refuse(`${at}: type ${id} is not known. Known: ${Object.keys(GGML_TYPES).join(', ')}`);
  const { block, bytes } = GGML_TYPES[type];
  if (shape.at(-1)! % block !== 0) cursor.refuse(`${at}: rows of ${shape.at(-1)}; ${type} has blocks of ${block}`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (count === 0 || !Number.isSafeInteger(count)) cursor.refuse(`${at}: [${shape}] is no shape of a tensor`);
  return { name, type, shape, start: cursor.u64(`${at}: offset`), length: (count / block) * bytes };
}

/** Places of the file; each tensor must lie in it, aligned, and on no other. */
function placeTensors(cursor: Cursor, places: readonly TensorPlace[], alignment: number, size: number): GgufTensor[] {
  const data = Math.ceil(cursor.at / alignment) * alignment;
  const names = new Set<string>();
  let end = data;
  for (const { name, start, length } of [...places].sort((a, b) => a.start - b.start)) {
    const at = `tensor '${name}'`;
    if (names.has(name)) cursor.refuse(`${at} is there twice`);
    names.add(name);
    if (start % alignment !== 0) cursor.refuse(`${at}: offset ${start} is no multiple of ${alignment}`);
    if (data + start < end) cursor.refuse(`${at}: begins at byte ${data + start}, within the tensor before it`);
    end = data + start + length;
    if (end > size)
      cursor.refuse(`${at}: bytes ${data + start} to ${end}, but the file ends at ${size}; it is cut short`);
  }
  return places.map(({ start, ...tensor }) => ({ ...tensor, offset: data + start }));
}
