// Weight matrices on the GPU, packed for 16-byte loads along k: rows padded to whole chunks, parts stacked by rows.

import { CHUNK, chunksPerRow, isQuantised, type MatrixType } from '../../kernels/common/weights.ts';
import { float32Of } from '../../models/weight-numbers.ts';
import type { TensorValues, WeightTensor } from '../../models/weight-source.ts';
import { UserError } from '../core/errors.ts';
import { halfFromNumber } from '../core/half.ts';
import { blocksPerRow, type QuantisedWeights, type QuantType, quantise } from '../core/quantised.ts';
import type { Memory } from './memory.ts';

/** Type of the embedding and the head beside such layers: an int4 table would cost more accuracy than it saves bytes. */
export function tableTypeFor(type: MatrixType): MatrixType {
  return type === 'int4' ? 'int8' : type;
}

/** W[rows][k] of one type, ready for kernels. */
export interface Matrix {
  readonly type: MatrixType;
  readonly rows: number;
  readonly k: number;
  /** 16-byte loads a row. */
  readonly chunks: number;
  readonly weights: GPUBuffer;
  /** f16 scales of blocks, two a word; null where weights are numbers themselves. */
  readonly scales: GPUBuffer | null;
  /** Bytes of both. */
  readonly bytes: number;
}

/** Where the WGSL of WEIGHTS looks for the matrix. */
export function matrixBindings({ weights, scales }: Matrix): Record<number, GPUBuffer> {
  return scales ? { 0: weights, 1: scales } : { 0: weights };
}

/** A matrix of `rows` rows that is filled part by part. */
export class MatrixBuilder {
  private readonly memory: Memory;
  private readonly name: string;
  private readonly type: MatrixType;
  private readonly rows: number;
  private readonly k: number;
  private readonly chunks: number;
  private readonly weights: GPUBuffer;
  private readonly scales: Uint16Array<ArrayBuffer> | null;
  private filled = 0;

  constructor(memory: Memory, name: string, type: MatrixType, rows: number, k: number) {
    this.memory = memory;
    this.name = name;
    this.type = type;
    this.rows = rows;
    this.k = k;
    this.chunks = chunksPerRow(type, k);
    this.weights = memory.storage(name, 16 * rows * this.chunks);
    this.scales = isQuantised(type) ? new Uint16Array(2 * Math.ceil((rows * blocksPerRow(k)) / 2)) : null;
  }

  /** Appends all rows of a tensor of shape [outputs, k]. */
  async append({ shape, values }: WeightTensor): Promise<void> {
    const [outputs = 0, inputs = 0] = shape;
    if (shape.length !== 2 || inputs !== this.k || this.filled + outputs > this.rows) {
      throw new UserError(
        `${this.name}: a part has shape [${shape}]; at most [${this.rows - this.filled}, ${this.k}] fits`,
      );
    }
    const offset = 16 * this.filled * this.chunks;
    if (this.scales) {
      const packed = quantisedAs(this.type as QuantType, outputs, inputs, values);
      await this.memory.upload(this.weights, offset, packed.quants);
      const blocks = blocksPerRow(this.k);
      this.scales.set(new Uint16Array(packed.scales.buffer, 0, outputs * blocks), this.filled * blocks);
    } else {
      const row = this.chunks * CHUNK[this.type];
      const numbers = this.type === 'f32' ? float32Of(values) : halvesOf(values);
      await this.memory.upload(this.weights, offset, padded(numbers, outputs, inputs, row));
    }
    this.filled += outputs;
  }

  async finish(): Promise<Matrix> {
    if (this.filled !== this.rows) throw new Error(`${this.name}: ${this.filled} of ${this.rows} rows were given`);
    const scales = this.scales && this.memory.storage(`${this.name} scales`, this.scales.byteLength);
    if (scales && this.scales) await this.memory.upload(scales, 0, this.scales);
    const { type, rows, k, chunks, weights } = this;
    return { type, rows, k, chunks, weights, scales, bytes: 16 * rows * chunks + (this.scales?.byteLength ?? 0) };
  }
}

/** Quantised weights as the file has them, where they are of that type; else quantised here. */
function quantisedAs(type: QuantType, rows: number, k: number, values: TensorValues): QuantisedWeights {
  return 'quants' in values && values.type === type ? values : quantise(type, rows, k, float32Of(values));
}

function halvesOf(values: TensorValues): Uint16Array<ArrayBuffer> {
  return values.type === 'f16' ? values.data : Uint16Array.from(float32Of(values), halfFromNumber);
}

/** Rows of `k` numbers, zeros added up to `width`; the numbers themselves where nothing is to be added. */
function padded<T extends Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>>(
  numbers: T,
  rows: number,
  k: number,
  width: number,
): T {
  if (k === width) return numbers;
  const wide = new (numbers.constructor as new (length: number) => T)(rows * width);
  for (let row = 0; row < rows; row++) wide.set(numbers.subarray(row * k, (row + 1) * k), row * width);
  return wide;
}
