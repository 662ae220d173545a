// Philox-4x32-10: random words as a function of a counter and a key, so that any draw of any scenario can be had alone,
// in any order, on any processor. kernels/rollout/philox.wgsl is the same function.

/** Four 32-bit words; a tuple of mutable numbers that the caller owns. */
export type Words = [number, number, number, number];

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;
const ROUNDS = 10;

/** Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011. Writes into `out` and returns it. */
export function philox(out: Words, c0: number, c1: number, c2: number, c3: number, k0: number, k1: number): Words {
  // Plain declarations: this is the inner loop of the CPU twin, and destructuring an array literal costs it half its speed.
  let x0 = c0;
  let x1 = c1;
  let x2 = c2;
  let x3 = c3;
  let a = k0;
  let b = k1;
  for (let round = 0; round < ROUNDS; round++) {
    const hi0 = mulHi(M0, x0);
    const lo0 = Math.imul(M0, x0);
    const hi1 = mulHi(M1, x2);
    const lo1 = Math.imul(M1, x2);
    x0 = hi1 ^ x1 ^ a;
    x1 = lo1;
    x2 = hi0 ^ x3 ^ b;
    x3 = lo0;
    a = (a + W0) | 0;
    b = (b + W1) | 0;
  }
  out[0] = x0 >>> 0;
  out[1] = x1 >>> 0;
  out[2] = x2 >>> 0;
  out[3] = x3 >>> 0;
  return out;
}

/** High 32 bits of the product of two unsigned 32-bit integers. */
export function mulHi(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = Math.imul(a0, b0) >>> 16;
  const w1 = (Math.imul(a1, b0) >>> 0) + low;
  const w2 = (Math.imul(a0, b1) >>> 0) + (w1 & 0xffff);
  return (Math.imul(a1, b1) + (w1 >>> 16) + (w2 >>> 16)) >>> 0;
}
