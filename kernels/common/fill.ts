// Seeded contents of input buffers. Values are exact in f32, so the f64 reference starts from the very same numbers.
import type { Rng } from '../../src/core/rng.ts';
import type { HostArray } from '../family.ts';

/** Above this many values the block repeats. A prime, so that no stride or power-of-two offset maps the block onto itself. */
const BLOCK = 4_194_301;

type FloatFill = ((rng: Rng) => Float32Array<ArrayBuffer>) & { readonly contents: string };

/** The same fill under a name (see Fill): equal names must mean equal contents. */
export function named<F extends (rng: Rng) => HostArray>(contents: string, fill: F): F & { readonly contents: string } {
  // A function of its own: the one given may go under other names elsewhere.
  return Object.assign(((rng: Rng) => fill(rng)) as F, { contents });
}

/** Uniform in [-1, 1). */
export function uniformSigned(count: number): FloatFill {
  return named(
    `uniform ${count}`,
    filler(count, (rng) => 2 * rng.uniform() - 1),
  );
}

/** Standard normal, rounded to f32. */
export function normal(count: number): FloatFill {
  return named(
    `normal ${count}`,
    filler(count, (rng) => rng.normal()),
  );
}

/** `count` values drawn one by one; beyond BLOCK the first block is repeated, since drawing 1 GiB would take seconds. */
export function filler(count: number, draw: (rng: Rng) => number): (rng: Rng) => Float32Array<ArrayBuffer> {
  return (rng) => {
    const values = new Float32Array(count);
    const head = Math.min(count, BLOCK);
    for (let i = 0; i < head; i++) values[i] = draw(rng);
    for (let at = head; at < count; at += BLOCK) values.copyWithin(at, 0, Math.min(BLOCK, count - at));
    return values;
  };
}
