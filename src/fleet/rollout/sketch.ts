// A histogram of positive numbers with logarithmic buckets: any quantile within 1 %, and merging gives exactly what one
// histogram of all the numbers would be, because it is made of counts. Knows nothing of what is counted.
import * as v from 'valibot';

/** Relative error of a quantile (DDSketch: Masson, Rim, Lee, VLDB 2019, arXiv 1908.10693). */
export const RELATIVE_ERROR = 0.01;
const GAMMA = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR);
/** ln of the ratio of a bucket's ends. */
export const LOG_BUCKET = Math.log(GAMMA);

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A sketch as JSON: bucket numbers ascending, each with its count. */
export const sketchSchema = v.strictObject({
  relativeError: v.literal(RELATIVE_ERROR),
  zeros: count,
  buckets: v.pipe(
    v.array(v.tuple([v.pipe(v.number(), v.safeInteger()), v.pipe(count, v.minValue(1))])),
    v.check((buckets) => buckets.every(([index], i) => i === 0 || index > buckets[i - 1]![0]), 'buckets must ascend'),
  ),
});
export type SketchJson = v.InferOutput<typeof sketchSchema>;

/** Bucket k holds (γ^(k−1), γ^k], γ = 1.01/0.99. */
export function bucketOf(value: number): number {
  return Math.ceil(Math.log(value) / LOG_BUCKET);
}

/** The value within RELATIVE_ERROR of everything in the bucket. */
export function valueAt(bucket: number): number {
  return (2 * Math.exp(bucket * LOG_BUCKET)) / (GAMMA + 1);
}

export class Sketch {
  readonly #counts = new Map<number, number>();
  #zeros = 0;
  #total = 0;
  /** Buckets in order, until one more number is counted: a report asks for many quantiles of one sketch. */
  #ordered: readonly [number, number][] | null = null;

  static from({ zeros, buckets }: SketchJson): Sketch {
    const sketch = new Sketch();
    sketch.#zeros = zeros;
    sketch.#total = zeros;
    for (const [index, n] of buckets) sketch.#add(index, n);
    sketch.#ordered = buckets;
    return sketch;
  }

  get total(): number {
    return this.#total;
  }

  /** Counts one finite number ≥ 0; a RangeError otherwise. */
  add(value: number): void {
    if (!(value >= 0 && value < Infinity)) throw new RangeError(`a sketch holds finite numbers from 0, not ${value}`);
    if (value === 0) {
      this.#zeros++;
      this.#total++;
    } else this.#add(bucketOf(value), 1);
  }

  /** Adds all that the other has counted. */
  merge(other: Sketch): void {
    this.#zeros += other.#zeros;
    this.#total += other.#zeros;
    for (const [index, n] of other.#counts) this.#add(index, n);
  }

  /** Within RELATIVE_ERROR of the value at rank ⌊p·(n−1)⌋, p from 0 to 1. A RangeError where nothing was counted. */
  quantile(p: number): number {
    if (this.#total === 0) throw new RangeError('quantile of an empty sketch');
    const rank = Math.floor(p * (this.#total - 1));
    let seen = this.#zeros;
    if (rank < seen) return 0;
    for (const [index, n] of this.#sorted()) {
      seen += n;
      if (rank < seen) return valueAt(index);
    }
    throw new RangeError(`quantile ${p} must lie from 0 to 1`);
  }

  /** Mean and variance of the bucket numbers, zeros left out: log moments in units of LOG_BUCKET. */
  logMoments(): { readonly n: number; readonly mean: number; readonly variance: number } {
    let [n, sum, squares] = [0, 0, 0];
    for (const [index, times] of this.#sorted()) {
      n += times;
      sum += times * index;
      squares += times * index * index;
    }
    const mean = sum / n;
    return { n, mean, variance: squares / n - mean * mean };
  }

  toJSON(): SketchJson {
    return { relativeError: RELATIVE_ERROR, zeros: this.#zeros, buckets: [...this.#sorted()] };
  }

  #add(index: number, n: number): void {
    this.#counts.set(index, (this.#counts.get(index) ?? 0) + n);
    this.#total += n;
    this.#ordered = null;
  }

  #sorted(): readonly [number, number][] {
    this.#ordered ??= [...this.#counts].sort(([a], [b]) => a - b);
    return this.#ordered;
  }
}
