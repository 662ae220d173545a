// Numbers, strings and typed metadata values as GGUF spells them, into one growing buffer. Knows no key.
import type { WrittenValue } from './metadata-of.ts';
import { VALUE } from './types.ts';

export class ByteWriter {
  private buffer = new Uint8Array(4096);
  private length = 0;

  u32(value: number): void {
    this.view(4).setUint32(0, value, true);
  }

  u64(value: number | bigint): void {
    this.view(8).setBigUint64(0, BigInt(value), true);
  }

  string(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.u64(bytes.length);
    this.bytes(bytes);
  }

  bytes(bytes: Uint8Array): void {
    const { byteOffset, buffer } = this.view(bytes.length);
    new Uint8Array(buffer, byteOffset, bytes.length).set(bytes);
  }

  keyValue(key: string, value: WrittenValue): void {
    this.string(key);
    if ('string' in value) {
      this.u32(VALUE.string);
      this.string(value.string);
    } else if ('uint32' in value) {
      this.u32(VALUE.uint32);
      this.u32(value.uint32);
    } else if ('float32' in value) {
      this.u32(VALUE.float32);
      this.view(4).setFloat32(0, value.float32, true);
    } else if ('bool' in value) {
      this.u32(VALUE.bool);
      this.bytes(Uint8Array.of(value.bool ? 1 : 0));
    } else if ('strings' in value) {
      this.array(VALUE.string, value.strings.length);
      for (const text of value.strings) this.string(text);
    } else if ('float32s' in value) {
      this.array(VALUE.float32, value.float32s.length);
      this.bytes(new Uint8Array(Float32Array.from(value.float32s).buffer));
    } else {
      this.array(VALUE.int32, value.int32s.length);
      this.bytes(new Uint8Array(Int32Array.from(value.int32s).buffer));
    }
  }

  finish(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  private array(type: number, count: number): void {
    this.u32(VALUE.array);
    this.u32(type);
    this.u64(count);
  }

  /** The next `length` bytes, to be written. */
  private view(length: number): DataView<ArrayBuffer> {
    const end = this.length + length;
    if (end > this.buffer.length) {
      const larger = new Uint8Array(Math.max(end, 2 * this.buffer.length));
      larger.set(this.buffer);
      this.buffer = larger;
    }
    const view = new DataView(this.buffer.buffer, this.length, length);
    this.length = end;
    return view;
  }
}
