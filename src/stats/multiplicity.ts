// Corrections for looking at many rows at once: adjusted p-values, to be held against the level as they are.

/** Benjamini–Hochberg (1995): a row is a discovery at rate q where its adjusted value is ≤ q. Order kept. */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const m = pValues.length;
  // From the largest p down: the smallest of p·m/rank so far.
  return stepped(pValues, byDescending(pValues), (p, position) => (p * m) / (m - position), Math.min);
}

/** Holm (1979): controls the chance of any false claim among all. Order kept. */
export function holm(pValues: readonly number[]): number[] {
  const m = pValues.length;
  // From the smallest p up: the largest of p·(rows left) so far.
  return stepped(pValues, byDescending(pValues).reverse(), (p, position) => p * (m - position), Math.max);
}

function byDescending(pValues: readonly number[]): number[] {
  return pValues.map((_, i) => i).sort((a, b) => pValues[b]! - pValues[a]!);
}

function stepped(
  pValues: readonly number[],
  order: readonly number[],
  factor: (p: number, position: number) => number,
  monotone: (a: number, b: number) => number,
): number[] {
  const adjusted = new Array<number>(pValues.length);
  let last: number | null = null;
  order.forEach((index, position) => {
    const value = Math.min(1, factor(pValues[index]!, position));
    last = last === null ? value : monotone(last, value);
    adjusted[index] = last;
  });
  return adjusted;
}
