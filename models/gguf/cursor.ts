// Walks the beginning of a GGUF file that may not all be here yet. Knows no keys. Nothing is allocated by a length the file
// claims before that length is known to fit in the file.
import { UserError } from '../../src/core/errors.ts';

/** The bytes at hand end before the file does: read `needed` of them and begin again. */
export class MoreNeeded extends Error {
  readonly needed: number;
  constructor(needed: number) {
    super(`${needed} bytes needed`);
    this.needed = needed;
  }
}

export class Cursor {
  /** Where the next value begins, bytes from the file's start. */
  at = 0;
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly size: number;
  private readonly fileName: string;
  private readonly decoder = new TextDecoder();

  /** `bytes`: the beginning of a file of `size` bytes. */
  constructor(bytes: Uint8Array, size: number, fileName: string) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.size = size;
    this.fileName = fileName;
  }

  /** Bytes of the file after the cursor. */
  get left(): number {
    return this.size - this.at;
  }

  u32(what: string): number {
    return this.view.getUint32(this.take(4, what), true);
  }

  /** A length or an offset: at most 2^53 − 1, as every one that fits in a file is. */
  u64(what: string): number {
    const value = this.view.getBigUint64(this.take(8, what), true);
    if (value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
    return this.refuse(`${what} is ${value}, more than any file holds (${this.size} bytes)`);
  }

  /** A count of things of at least `leastBytes` each, all of which must still fit in the file. */
  count(what: string, leastBytes: number): number {
    const count = this.u64(what);
    const allowed = Math.floor(this.left / leastBytes);
    return count <= allowed ? count : this.refuse(`${what} is ${count}; at most ${allowed} fit in ${this.size} bytes`);
  }

  string(what: string): string {
    const length = this.count(`${what}: length`, 1);
    const start = this.take(length, what);
    return this.decoder.decode(this.bytes.subarray(start, start + length));
  }

  /** The next `length` bytes, copied, so that they are aligned. */
  copy(length: number, what: string): ArrayBuffer {
    const start = this.take(length, what);
    return Uint8Array.from(this.bytes.subarray(start, start + length)).buffer;
  }

  refuse(what: string): never {
    throw new UserError(`${this.fileName}: ${what}`);
  }

  /** Steps over `length` bytes; where they begin. */
  private take(length: number, what: string): number {
    const start = this.at;
    if (start + length > this.size) {
      this.refuse(`${what}: ${length} bytes from ${start}, but the file ends at ${this.size}; it is cut short`);
    }
    if (start + length > this.bytes.length) throw new MoreNeeded(start + length);
    this.at = start + length;
    return start;
  }
}
