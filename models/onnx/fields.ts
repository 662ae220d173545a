// Walks protobuf fields within the bounds of the file: every claimed length is checked against what is left before it is
// believed, and a fault says at which byte. Knows no schema.
import protobuf, { type Reader } from 'protobufjs/minimal.js';
import { messageOf, UserError } from '../../src/core/errors.ts';

/** One field, standing at its value. Exactly one of the methods must be called, once. */
export interface Fields {
  readonly number: number;
  int(): number;
  /** A repeated integer field's values here, packed or single; refused when there are more than `most`. */
  ints(most?: number): number[];
  text(): string;
  /** A view of the bytes, not a copy. */
  bytes(): Uint8Array;
  /** Packed or single 4-byte (or 8-byte) floats. */
  floats(width: 4 | 8): number[];
  /** Visits the fields of a nested message. */
  message(visit: (fields: Fields) => void): void;
  skip(): void;
}

export interface FieldReader {
  readonly reader: Reader;
  readonly fileName: string;
}

export function openReader(bytes: Uint8Array, fileName: string): FieldReader {
  return { reader: protobuf.Reader.create(bytes), fileName };
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Visits the fields up to the end of the file. A UserError names file and byte where they stop making sense. */
export function eachField(file: FieldReader, visit: (fields: Fields) => void): void {
  try {
    walk(file, file.reader.len, visit);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const at = `at byte ${file.reader.pos} of ${file.reader.len}`;
    throw new UserError(`${file.fileName}: not an ONNX model, or cut short: ${messageOf(error)} ${at}`);
  }
}

function walk(file: FieldReader, end: number, visit: (fields: Fields) => void): void {
  const { reader } = file;
  while (reader.pos < end) {
    const at = reader.pos;
    const tag = reader.uint32();
    const wire = tag & 7;
    if (tag >>> 3 === 0 || ![VARINT, FIXED64, DELIMITED, FIXED32].includes(wire)) {
      throw new UserError(`${file.fileName}: not an ONNX model: no protobuf field at byte ${at} of ${reader.len}`);
    }
    visit(fieldAt(file, end, tag >>> 3, wire));
    if (reader.pos > end) {
      throw new UserError(`${file.fileName}: not an ONNX model: the field at byte ${at} runs over its message`);
    }
  }
}

function fieldAt(file: FieldReader, end: number, number: number, wire: number): Fields {
  const { reader } = file;
  const length = (): number => {
    if (wire !== DELIMITED) throw new Error(`field ${number} has wire type ${wire}, expected a length`);
    const bytes = reader.uint32();
    const left = end - reader.pos;
    if (bytes > left) {
      throw new UserError(
        `${file.fileName}: cut short: a field at byte ${reader.pos} needs ${bytes} bytes, ${left} are left`,
      );
    }
    return bytes;
  };
  const integer = (): number => Number(reader.int64().toString());
  const packed = <T>(single: number, read: () => T, most = Number.POSITIVE_INFINITY): T[] => {
    if (wire === single) return [read()];
    const stop = length() + reader.pos;
    const values: T[] = [];
    while (reader.pos < stop) {
      if (values.length === most) throw new Error(`field ${number} has more than ${most} values`);
      values.push(read());
    }
    return values;
  };
  const bytes = (): Uint8Array => {
    const size = length();
    const start = reader.pos;
    reader.skip(size);
    return reader.buf.subarray(start, start + size);
  };
  return {
    number,
    int: () => {
      if (wire !== VARINT) throw new Error(`field ${number} has wire type ${wire}, expected an integer`);
      return integer();
    },
    ints: (most) => packed(VARINT, integer, most),
    text: () => new TextDecoder().decode(bytes()),
    bytes,
    floats: (width) => (width === 4 ? packed(FIXED32, () => reader.float()) : packed(FIXED64, () => reader.double())),
    message: (visit) => {
      const stop = length() + reader.pos;
      walk(file, stop, visit);
    },
    skip: () => {
      if (wire === DELIMITED) reader.skip(length());
      else reader.skipType(wire);
    },
  };
}
