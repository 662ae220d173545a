// Numbers as ggml's Q4_K and Q6_K blocks: 256 numbers, in groups that have whole scales of few bits under f16 ones of the block.
// dequantise.ts reads them back. Each group's scale is the best in least squares among a few roundings. Knows no file.
import { halfFromNumber, numberFromHalf } from '../../src/core/half.ts';
import { GGML_TYPES } from './types.ts';

const BLOCK = 256;
/** Scales tried around the one that just holds the largest number, as shifts of the number of steps. */
const SHIFTS = Array.from({ length: 19 }, (_, i) => (i - 9) / 10);

/** What a block holds, before it is packed. */
export interface KBlock {
  /** What a scale counts in, and a minimum; each a number that f16 has. */
  readonly step: number;
  readonly leastStep: number;
  /** Whole, one a group. */
  readonly scales: Int8Array;
  readonly least: Uint8Array;
  /** Whole, one a number. */
  readonly quants: Int8Array;
}

export type KType = 'Q4_K' | 'Q6_K';

/** Blocks of numbers whose count is a multiple of 256. */
export function quantiseK(type: KType, numbers: Float32Array): Uint8Array {
  const [quantise, pack] = type === 'Q4_K' ? [quantiseQ4, packQ4] : [quantiseQ6, packQ6];
  const size = GGML_TYPES[type].bytes;
  const bytes = new Uint8Array((numbers.length / BLOCK) * size);
  for (let block = 0; block < numbers.length / BLOCK; block++) {
    const held = quantise(numbers.subarray(block * BLOCK, (block + 1) * BLOCK));
    pack(held, bytes.subarray(block * size, (block + 1) * size));
  }
  return bytes;
}

/** x ≈ scale · q: sixteen groups of 16, q from −32 to 31, scales of eight bits. */
function quantiseQ6(numbers: Float32Array): KBlock {
  const best = groupsOf(numbers, 16).map(symmetricScale);
  const step = rounded(Math.max(...best.map(Math.abs)) / 127);
  const scales = Int8Array.from(best, (scale) => whole(scale, step, -128, 127));
  const quants = Int8Array.from(numbers, (x, i) => whole(x, step * scales[i >> 4]!, -32, 31));
  return { step, leastStep: 0, scales, least: new Uint8Array(0), quants };
}

function symmetricScale(group: Float32Array): number {
  const extreme = group.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  if (extreme === 0) return 0;
  let [best, gained] = [0, 0];
  for (const shift of SHIFTS) {
    // The extreme lands on −32: that side has one step more.
    const trial = extreme / -(32 + shift);
    let [xq, qq] = [0, 0];
    for (const x of group) {
      const q = clamp(Math.round(x / trial), -32, 31);
      xq += x * q;
      qq += q * q;
    }
    // For given quants the best scale is Σxq/Σqq, which takes (Σxq)²/Σqq off the squared error.
    if (qq > 0 && (xq * xq) / qq > gained) [best, gained] = [xq / qq, (xq * xq) / qq];
  }
  return best;
}

/** x ≈ scale · q − least: eight groups of 32, q from 0 to 15, scales and minimums of six bits, neither below zero. */
function quantiseQ4(numbers: Float32Array): KBlock {
  const fits = groupsOf(numbers, 32).map(affineFit);
  const step = rounded(Math.max(...fits.map(({ scale }) => scale)) / 63);
  const leastStep = rounded(Math.max(...fits.map(({ least }) => least)) / 63);
  const scales = Int8Array.from(fits, ({ scale }) => whole(scale, step, 0, 63));
  const least = Uint8Array.from(fits, (fit) => whole(fit.least, leastStep, 0, 63));
  const quants = Int8Array.from(numbers, (x, i) => {
    const under = leastStep * least[i >> 5]!;
    return whole(x + under, step * scales[i >> 5]!, 0, 15);
  });
  return { step, leastStep, scales, least, quants };
}

interface AffineFit {
  readonly scale: number;
  readonly least: number;
}

function affineFit(group: Float32Array): AffineFit {
  const [low, high] = [Math.min(0, ...group), Math.max(0, ...group)];
  let best: AffineFit & { error: number } = { scale: 0, least: 0, error: Number.POSITIVE_INFINITY };
  if (high === low) return best;
  for (const shift of SHIFTS) {
    const trial = (high - low) / (15 + shift);
    const quants = Array.from(group, (x) => clamp(Math.round((x - low) / trial), 0, 15));
    const fit = leastSquares(group, quants);
    const error = group.reduce((sum, x, i) => sum + (fit.scale * quants[i]! - fit.least - x) ** 2, 0);
    if (error < best.error) best = { ...fit, error };
  }
  return best;
}

/** The line through (quant, number) of least squared error, through the origin where it would begin above. */
function leastSquares(group: Float32Array, quants: readonly number[]): AffineFit {
  const n = group.length;
  let [x, q, xq, qq] = [0, 0, 0, 0];
  for (const [i, quant] of quants.entries()) {
    x += group[i]!;
    q += quant;
    xq += group[i]! * quant;
    qq += quant * quant;
  }
  const determinant = n * qq - q * q;
  const scale = determinant > 0 ? (n * xq - q * x) / determinant : 0;
  const least = (scale * q - x) / n;
  if (determinant > 0 && least >= 0 && scale >= 0) return { scale, least };
  return qq > 0 ? { scale: Math.max(0, xq / qq), least: 0 } : { scale: 0, least: Math.max(0, -x / n) };
}

/** ggml's block_q4_K: both steps, then eight scales and minimums of six bits in twelve bytes, then nibbles. */
export function packQ4({ step, leastStep, scales, least, quants }: KBlock, bytes: Uint8Array): void {
  putHalf(bytes, 0, step);
  putHalf(bytes, 2, leastStep);
  for (let group = 0; group < 4; group++) {
    const [scale, under] = [scales[group + 4]!, least[group + 4]!];
    bytes[4 + group] = scales[group]! | ((scale >> 4) << 6);
    bytes[8 + group] = least[group]! | ((under >> 4) << 6);
    bytes[12 + group] = (scale & 15) | ((under & 15) << 4);
  }
  for (let i = 0; i < BLOCK; i++) {
    const upper = (i >> 5) & 1;
    bytes[16 + 32 * (i >> 6) + (i & 31)]! |= quants[i]! << (4 * upper);
  }
}

/** ggml's block_q6_K: nibbles, then two upper bits a number, then sixteen scales, then their step. */
export function packQ6({ step, scales, quants }: KBlock, bytes: Uint8Array): void {
  for (let i = 0; i < BLOCK; i++) {
    const [part, group, j] = [i >> 7, (i >> 5) & 3, i & 31];
    const quant = quants[i]! + 32;
    bytes[64 * part + 32 * (group & 1) + j]! |= (quant & 15) << (group < 2 ? 0 : 4);
    bytes[128 + 32 * part + j]! |= (quant >> 4) << (2 * group);
  }
  bytes.set(new Uint8Array(scales.buffer), 192);
  putHalf(bytes, 208, step);
}

function groupsOf(numbers: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: numbers.length / size }, (_, i) => numbers.subarray(i * size, (i + 1) * size));
}

/** The nearest f16: steps are stored as such, so that quants must be chosen for it. */
function rounded(step: number): number {
  return numberFromHalf(halfFromNumber(step));
}

/** The number of such steps nearest to a value; none where a step is nothing. */
function whole(value: number, step: number, least: number, most: number): number {
  return step === 0 ? 0 : clamp(Math.round(value / step), least, most);
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}

function putHalf(bytes: Uint8Array, at: number, value: number): void {
  const half = halfFromNumber(value);
  bytes[at] = half & 255;
  bytes[at + 1] = half >> 8;
}
