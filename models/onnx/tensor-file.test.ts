import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTensorFile } from './tensor-file.ts';

const stored = (path: string): Uint8Array => readFileSync(new URL(`conformance/${path}`, import.meta.url));

describe('readTensorFile', () => {
  it('reads ONNX test data: shape, type and values', () => {
    const tensor = readTensorFile(stored('node/test_matmul_2d/test_data_set_0/output_0.pb'), 'output_0.pb');
    expect(tensor).toMatchObject({ type: 'float32', dims: [3, 3] });
    expect(new Float32Array(tensor.bytes.buffer)).toHaveLength(9);
    expect(new Float32Array(tensor.bytes.buffer).every(Number.isFinite)).toBe(true);
  });

  it('reads values kept in typed fields', () => {
    // dims 2 · data_type FLOAT · float_data packed [1.5, -2]
    const bytes = Uint8Array.from([0x08, 2, 0x10, 1, 0x22, 8, 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0]);
    expect([...new Float32Array(readTensorFile(bytes, 't.pb').bytes.buffer)]).toEqual([1.5, -2]);
    // dims 2 · data_type INT64 · int64_data 3, -1 (not packed)
    const ints = Uint8Array.from([0x08, 2, 0x10, 7, 0x38, 3, 0x38, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]);
    expect([...new BigInt64Array(readTensorFile(ints, 't.pb').bytes.buffer)]).toEqual([3n, -1n]);
  });

  it('names the file when values and shape do not fit, or the file is cut', () => {
    const bytes = Uint8Array.from([0x08, 3, 0x10, 1, 0x22, 4, 0, 0, 0xc0, 0x3f]);
    expect(() => readTensorFile(bytes, 't.pb')).toThrow(/t\.pb: holds 4 bytes of data, needs 3 elements of float32/);
    const whole = stored('node/test_matmul_2d/test_data_set_0/input_0.pb');
    expect(() => readTensorFile(whole.subarray(0, whole.length - 5), 'cut.pb')).toThrow(/cut\.pb: cut short/);
    expect(() => readTensorFile(Uint8Array.from([0x10, 8]), 's.pb')).toThrow(/a tensor of type 8 is not read/);
  });
});
