// Joins a matmul body with the access to A, B and C that suits the problem's types and alignment. Knows no tile.
import quantisedCommon from '../common/quantised.wgsl?raw';
import type { DeviceCaps } from '../family.ts';
import aScalars from './a-scalars.wgsl?raw';
import aVectors from './a-vectors.wgsl?raw';
import bInt4 from './b-int4.wgsl?raw';
import bInt8 from './b-int8.wgsl?raw';
import bQuantised from './b-quantised.wgsl?raw';
import bScalars from './b-scalars.wgsl?raw';
import bVectors from './b-vectors.wgsl?raw';
import cScalars from './c-scalars.wgsl?raw';
import cVectors from './c-vectors.wgsl?raw';
import elementsF16 from './elements-f16.wgsl?raw';
import elementsF32 from './elements-f32.wgsl?raw';
import elementsPacked from './elements-packed.wgsl?raw';
import elementsPlain from './elements-plain.wgsl?raw';
import type { Problem } from './problem.ts';

export interface Joined {
  readonly source: string;
  readonly enables: readonly string[];
  /** In binding order. */
  readonly bindings: readonly string[];
}

/** Whether f16 operands are read through `shader-f16`. */
export function isNativeHalf({ type, half }: Problem, caps: DeviceCaps): boolean {
  return type === 'f16' && (half === 'native' || (half === 'auto' && caps.features.has('shader-f16')));
}

/** Features that the problem's element types ask for. */
export function featuresOf(problem: Problem, caps: DeviceCaps): string[] {
  return isNativeHalf(problem, caps) ? ['shader-f16'] : [];
}

/** `access: 'elements'` for bodies that take one element at a time; else four at a time wherever rows are aligned. */
export function joinOperands(
  problem: Problem,
  caps: DeviceCaps,
  access: 'elements' | 'fours',
  parts: readonly string[],
): Joined {
  const { n, k, type } = problem;
  const native = isNativeHalf(problem, caps);
  const fours = access === 'fours';
  const quantised = type === 'int8' || type === 'int4';
  const elements = type === 'f16' && !native ? [elementsPacked] : [native ? elementsF16 : elementsF32, elementsPlain];
  const dense = fours && n % 4 === 0 ? bVectors : bScalars;
  const weights = [quantisedCommon, type === 'int4' ? bInt4 : bInt8, bQuantised];
  return {
    source: [
      ...elements,
      fours && k % 4 === 0 ? aVectors : aScalars,
      ...(quantised ? weights : [dense]),
      fours && n % 4 === 0 ? cVectors : cScalars,
      ...parts,
    ].join('\n'),
    enables: native ? ['f16'] : [],
    bindings: ['c', 'a', ...(quantised ? ['quants', 'scales'] : ['b'])],
  };
}
