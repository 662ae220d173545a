// Exact binomial draws by table: how many of n scale-up domains are down. n is taken apart into hexadecimal digits, each
// digit d at place k being a Binomial(d·16^k, p) of its own, drawn from one word by Walker's alias method. No float is met
// on the way, so every processor draws the same. Knows no scenario.
import { LEVELS } from '../../src/core/rollout.ts';

export const PLACES = 4;
export const DIGITS = 16;
/** Domains of one generation at one site that four hexadecimal digits can count. */
export const MOST_DOMAINS = DIGITS ** PLACES - 1;
/** Outcomes rarer than this beside the most likely one are left out: a word of 32 bits could not draw them. */
const NEGLIGIBLE = 2 ** -36;
const WORD = 2 ** 32;

export interface BinomialTables {
  /** Two words for each (generation, level, place, digit): where its columns start; their number + 2^16 × least outcome. */
  readonly directory: Uint32Array;
  /** Two words a column: below which fraction it is taken, and the column taken otherwise. */
  readonly columns: Uint32Array;
}

/** Tables for all n up to `most`, at the chance of each level, for the older and the newer generation. */
export function buildBinomials(down: readonly [Float64Array, Float64Array], most: number): BinomialTables {
  const directory = new Uint32Array(2 * down.length * LEVELS * PLACES * DIGITS);
  const columns: number[] = [];
  down.forEach((chances, generation) => {
    for (let level = 0; level < LEVELS; level++) {
      for (let place = 0; place < PLACES; place++) {
        for (let digit = 1; digit < DIGITS && digit * DIGITS ** place <= most; digit++) {
          const { least, mass } = binomialMass(digit * DIGITS ** place, chances[level]!);
          const at = 2 * directoryIndex(generation, level, place, digit);
          directory[at] = columns.length / 2;
          directory[at + 1] = mass.length + least * 65536;
          pushAlias(columns, mass);
        }
      }
    }
  });
  return { directory, columns: Uint32Array.from(columns) };
}

export function directoryIndex(generation: number, level: number, place: number, digit: number): number {
  return ((generation * LEVELS + level) * PLACES + place) * DIGITS + digit;
}

/** Probabilities of least, least + 1, … , by the ratio of neighbours outward from the most likely outcome. */
export function binomialMass(n: number, p: number): { readonly least: number; readonly mass: number[] } {
  if (p <= 0) return { least: 0, mass: [1] };
  const odds = p / (1 - p);
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const above = [1];
  for (let k = mode, x = 1; k < n && x > NEGLIGIBLE; k++) {
    x *= ((n - k) * odds) / (k + 1);
    above.push(x);
  }
  const below: number[] = [];
  for (let k = mode, x = 1; k > 0 && x > NEGLIGIBLE; k--) {
    x *= k / ((n - k + 1) * odds);
    below.push(x);
  }
  const mass = [...below.reverse(), ...above];
  const sum = mass.reduce((a, b) => a + b, 0);
  return { least: mode - below.length, mass: mass.map((x) => x / sum) };
}

/** Vose's construction (IEEE Trans. Softw. Eng. 17(9), 1991). */
function pushAlias(columns: number[], mass: readonly number[]): void {
  const n = mass.length;
  const scaled = Float64Array.from(mass, (x) => x * n);
  const [cut, alias] = [new Float64Array(n).fill(1), new Uint32Array(n)];
  const [small, large]: [number[], number[]] = [[], []];
  for (let i = 0; i < n; i++) {
    alias[i] = i;
    (scaled[i]! < 1 ? small : large).push(i);
  }
  while (small.length > 0 && large.length > 0) {
    const [s, l] = [small.pop()!, large.pop()!];
    cut[s] = scaled[s]!;
    alias[s] = l;
    scaled[l] = scaled[l]! + scaled[s]! - 1;
    (scaled[l]! < 1 ? small : large).push(l);
  }
  for (let i = 0; i < n; i++) columns.push(Math.min(WORD - 1, Math.round(cut[i]! * WORD)), alias[i]!);
}
