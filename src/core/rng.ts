// Seeded random numbers for inputs, orders and weights: the same seed gives the same numbers on every machine.

export interface Rng {
  /** Uniform unsigned 32-bit integer. */
  u32(): number;
  /** Uniform in [0, 1) with 24 bits, so that the value is exact in f32. */
  uniform(): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
}

/** SFC32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32 so that neighbouring seeds give unrelated streams. */
export function createRng(seed: number, stream = 0): Rng {
  let state = (seed ^ Math.imul(stream + 1, 0x9e3779b9)) | 0;
  const mix = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, counter] = [mix(), mix(), mix(), 1];
  const u32 = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) u32();
  const uniform = (): number => (u32() >>> 8) / 2 ** 24;
  let spare: number | null = null;
  const normal = (): number => {
    if (spare !== null) {
      const value = spare;
      spare = null;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
  return { u32, uniform, normal };
}

/** A stream number from a text, so that each case draws its own inputs whatever runs before it (FNV-1a). */
export function streamOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** A shuffled copy (Fisher–Yates). */
export function shuffled<T>(items: readonly T[], rng: Rng): T[] {
  const copy = [...items];
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(rng.uniform() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
