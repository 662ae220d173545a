// Sampling on the processor, to the bit what the shaders of this folder do: ranks, whole-number weights, cuts and draws.
// Knows no GPU. A weight is at most 2³¹ and a vocabulary at most 2¹⁸ long, so that sums are exact in a number.
import { philox, type Words } from '../../src/core/philox.ts';

export interface SamplingRule {
  /** Tokens that may be drawn at most; 0: all. */
  readonly k: number;
  /** The smallest set of best tokens that weighs at least this share of what k leaves; 1: all. */
  readonly p: number;
  readonly temperature: number;
  readonly seed: number;
  /** Counts the draws of a sequence, so that each has its own number. */
  readonly step: number;
}

/** 2¹⁶·log2(e)/temperature in f32: how many steps of 2⁻¹⁶ of a factor two a unit of logit is. */
export function slopeOf(temperature: number): number {
  return Math.fround((65536 * Math.LOG2E) / temperature);
}

/** 2³¹·ln(2)ⁿ/n! for n = 7 … 0. */
const SERIES = [7, 6, 5, 4, 3, 2, 1, 0].map((n) => {
  let coefficient = 2 ** 31;
  for (let i = 1; i <= n; i++) coefficient *= Math.LN2 / i;
  return Math.round(coefficient);
});

/** 2³¹·2^(−x/2¹⁶) for a whole x below 2¹⁶, to within 4·10⁻⁶, as the shader's whole numbers have it. */
export function powerOf(x: number): number {
  return SERIES.reduce((power, coefficient) => coefficient - Math.floor((x * power) / 65536), 0);
}

/** p in units of 2⁻³². */
export function shareOf(p: number): number {
  return Math.min(0xffffffff, Math.round(p * 2 ** 32));
}

/** A whole number that rises with the logit: NaN lowest, then −∞; −0 is +0. */
export function orderOf(bits: number): number {
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return 0;
  if (magnitude === 0) return 0x80000000;
  return bits >>> 31 ? ~bits >>> 0 : (bits | 0x80000000) >>> 0;
}

function makeWeights(temperature: number): (bits: number, peak: number) => number {
  const slope = slopeOf(temperature);
  const word = new Uint32Array(1);
  const value = new Float32Array(word.buffer);
  const read = (bits: number): number => {
    word[0] = bits;
    return value[0]!;
  };
  return (bits, peak) => {
    let steps = 0;
    if (orderOf(bits) !== orderOf(peak)) {
      const [low, high] = [read(bits), read(peak)];
      if (!Number.isFinite(low) || !Number.isFinite(high)) return 0;
      steps = Math.floor(Math.min(Math.fround(Math.fround(high - low) * slope), 4194304));
    }
    return steps >>> 16 > 31 ? 0 : powerOf(steps & 0xffff) >>> (steps >>> 16);
  };
}

/** The 32 random bits of a row's draw. */
export function randomOf(row: number, { seed, step }: Pick<SamplingRule, 'seed' | 'step'>): number {
  const words: Words = [0, 0, 0, 0];
  return philox(words, row, step, 0, 0, seed, 0x746f6b)[0];
}

/** Index of the largest logit, the lowest of equals; 0 where all are NaN. */
export function argmaxOf(bits: Uint32Array): number {
  let best = 0;
  for (let i = 1; i < bits.length; i++) if (orderOf(bits[i]!) > orderOf(bits[best]!)) best = i;
  return best;
}

/** The token drawn for a row: among the k best (drawn in order of rank), or with k = 0 all (in order of index). */
export function sampleOf(bits: Uint32Array, row: number, rule: SamplingRule): number {
  const orders = Uint32Array.from(bits, orderOf);
  const weigh = makeWeights(rule.temperature);
  const ranked = Uint32Array.from(bits, (_, i) => i).sort((a, b) => orders[b]! - orders[a]! || a - b);
  const allowed = rule.k > 0 ? ranked.slice(0, rule.k) : ranked;
  const peak = bits[ranked[0]!]!;
  const weights = Array.from(allowed, (token) => weigh(bits[token]!, peak));
  const total = weights.reduce((a, b) => a + b, 0);
  const target = rule.p < 1 ? portion(total, shareOf(rule.p)) : total;
  let [kept, sum] = [0, 0];
  while (kept < allowed.length && (kept === 0 || sum < target)) sum += weights[kept++]!;
  const nucleus = Array.from(allowed.slice(0, kept), (token, i) => ({ token, weight: weights[i]! }));
  if (rule.k === 0) nucleus.sort((a, b) => a.token - b.token);
  const point = portion(sum, randomOf(row, rule));
  let passed = 0;
  for (const { token, weight } of nucleus) {
    passed += weight;
    if (passed > point) return token;
  }
  return nucleus[0]!.token;
}

/** ⌊a·fraction / 2³²⌋. */
function portion(a: number, fraction: number): number {
  return Number((BigInt(a) * BigInt(fraction)) >> 32n);
}
