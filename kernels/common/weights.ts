// Weight matrices as kernels read them in 16-byte loads along k: the types there are, their chunks, and the WGSL that reads
// them. Knows no family.
import { BLOCK, blocksPerRow } from '../../src/core/quantised.ts';
import unpack from './quantised.wgsl?raw';
import f16 from './weights-f16.wgsl?raw';
import f32 from './weights-f32.wgsl?raw';
import int4 from './weights-int4.wgsl?raw';
import int8 from './weights-int8.wgsl?raw';

export const MATRIX_TYPES = ['f32', 'f16', 'int8', 'int4'] as const;
export type MatrixType = (typeof MATRIX_TYPES)[number];

/** Weights in one 16-byte load. */
export const CHUNK: Readonly<Record<MatrixType, number>> = { f32: 4, f16: 8, int8: 16, int4: 32 };

/** 16-byte loads a row of k weights, the last padded with zeros; of quantised ones whole blocks. */
export function chunksPerRow(type: MatrixType, k: number): number {
  return isQuantised(type) ? (blocksPerRow(k) * BLOCK) / CHUNK[type] : Math.ceil(k / CHUNK[type]);
}

export function isQuantised(type: MatrixType): type is 'int8' | 'int4' {
  return type === 'int8' || type === 'int4';
}

/** chunkOfX, dotChunk and weightVector; to be joined with an xVector. Constants: CHUNKS. */
export const WEIGHTS: Readonly<Record<MatrixType, string>> = {
  f32,
  f16,
  int8: `${unpack}\n${int8}`,
  int4: `${unpack}\n${int4}`,
};

/** Numbers from one row of x to the next, padded with zeros to whole blocks, so that weights of any type can meet it. */
export function paddedRow(k: number): number {
  return BLOCK * Math.ceil(k / BLOCK);
}
