// Mann–Whitney's U test: exact, ties included, as long as that is cheap; else the normal approximation. Numbers in, a p-value out.
import { normalCdf } from '../core/normal.ts';

/** Sizes whose product is at most this get the exact distribution: 0.1 s at worst. */
const EXACT_LIMIT = 2500;

/**
 * Two-sided p-value of "both sides come from one distribution". Exact: the share of all ways to deal the pooled values into
 * two sides of these sizes whose rank sum lies at least as far from its mean (midranks for ties, so also exact with them).
 */
export function rankTestPValue(first: readonly number[], second: readonly number[]): number {
  if (first.length === 0 || second.length === 0) throw new RangeError('rank test of an empty side');
  const ranks = doubledMidranks([...first, ...second]);
  const observed = ranks.slice(0, first.length).reduce((sum, rank) => sum + rank, 0);
  // Twice the mean rank sum, in doubled ranks n₁ (N + 1).
  const center = first.length * (ranks.length + 1);
  return first.length * second.length <= EXACT_LIMIT
    ? exactPValue(ranks, first.length, Math.abs(observed - center), center)
    : approximatePValue(ranks, first.length, Math.abs(observed - center));
}

/** Twice the midrank of each value: whole numbers even for ties. */
function doubledMidranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1]!] === values[order[start]!]) end++;
    for (let i = start; i <= end; i++) ranks[order[i]!] = start + end + 2;
    start = end + 1;
  }
  return ranks;
}

/** Counts by dynamic programming how many subsets of `size` ranks have each sum; as shares, so that nothing overflows. */
function exactPValue(ranks: readonly number[], size: number, distance: number, center: number): number {
  const most = ranks.reduce((sum, rank) => sum + rank, 0);
  const share = Array.from({ length: size + 1 }, () => new Float64Array(most + 1));
  share[0]![0] = 1;
  ranks.forEach((rank, seen) => {
    for (let taken = Math.min(seen + 1, size); taken >= 1; taken--) {
      const [from, to] = [share[taken - 1]!, share[taken]!];
      for (let sum = most; sum >= rank; sum--) to[sum]! += from[sum - rank]!;
    }
  });
  const counts = share[size]!;
  let [far, all] = [0, 0];
  counts.forEach((ways, sum) => {
    all += ways;
    if (Math.abs(sum - center) >= distance) far += ways;
  });
  return Math.min(1, far / all);
}

/** Normal approximation with the variance of these very ranks (ties lower it) and a continuity correction. */
function approximatePValue(ranks: readonly number[], size: number, distance: number): number {
  const n = ranks.length;
  const middle = n + 1;
  const spread = ranks.reduce((sum, rank) => sum + (rank - middle) ** 2, 0);
  const deviation = Math.sqrt((size * (n - size) * spread) / (n * (n - 1)));
  if (deviation === 0) return 1;
  return Math.min(1, 2 * normalCdf(-Math.max(0, distance - 1) / deviation));
}
