// Elements as kernels hold them, f32 or f16 storage with f32 arithmetic: access snippets, seeded buffers, references'
// views. Knows no family.
import { UserError } from '../../src/core/errors.ts';
import { numberFromHalf } from '../../src/core/half.ts';
import type { Rng } from '../../src/core/rng.ts';
import type { Fill, HostArray } from '../family.ts';
import f16x4 from './cells-f16x4.wgsl?raw';
import f32x1 from './cells-f32.wgsl?raw';
import f32x4 from './cells-f32x4.wgsl?raw';
import { named } from './fill.ts';
import { packHalves } from './halves.ts';
import { choice, optional } from './params.ts';

export type Storage = 'f32' | 'f16';

/** Parameter `type`: how a kernel's arrays are stored. */
export const storageParam = optional(choice('f32', 'f16'), 'f32');

/** f16 arrays are read four at a time, so their rows must be whole groups of four. */
export function requireQuads(kernel: string, type: string, lengths: Readonly<Record<string, number>>): void {
  const odd = Object.entries(lengths).find(([, value]) => value % 4 !== 0);
  if (type === 'f16' && odd)
    throw new UserError(`${kernel}: with type=f16, ${odd[0]}=${odd[1]} must be a multiple of 4`);
}

/** The access snippet for a storage type and a number of elements a cell. f16 comes four at a time only. */
export function cellAccess(type: Storage, lanes: 1 | 4): string {
  if (type === 'f16') return f16x4;
  return lanes === 4 ? f32x4 : f32x1;
}

/** Bytes of `count` elements, in whole words. */
export function storedBytes(type: Storage, count: number): number {
  return type === 'f32' ? 4 * count : 4 * Math.ceil(count / 2);
}

/** The same values in the storage type, under a name of the same kind. */
export function stored(type: Storage, fill: Fill & ((rng: Rng) => Float32Array)): Fill {
  if (type === 'f32') return fill;
  const halves: Fill = (rng) => packHalves(fill(rng));
  return fill.contents === undefined ? halves : named(`halves of ${fill.contents}`, halves);
}

/** The numbers a buffer of the storage type holds, exactly as a kernel reads them. */
export function numbersIn(type: Storage, data: HostArray): ArrayLike<number> {
  if (type === 'f32') return data;
  return Float32Array.from(new Uint16Array(data.buffer, data.byteOffset, 2 * data.length), numberFromHalf);
}
