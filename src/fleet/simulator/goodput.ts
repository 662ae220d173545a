// The highest rate of Poisson arrivals that a group of instances bears while enough requests keep their limits.
// Knows simulations, not what is simulated.
import { simulate } from './simulate.ts';
import { type Summary, summarize } from './summary.ts';
import type { SweepInput } from './sweep.ts';

export interface Goodput {
  /** Requests a second; 0 where even a hundredth of what is served at once keeps the limits too rarely. */
  readonly perSecond: number;
  /** At that rate; null at 0. */
  readonly summary: Summary | null;
}

const BISECTIONS = 12;

/**
 * Bisects between nothing and the rate of the closed loop at full batch, above which queues only grow. Every rate sees the
 * same luck, so that the share of good requests falls with the rate but for ties.
 */
export function findGoodput(sweep: SweepInput, share: number): Goodput {
  const { simulation, warmup, slo } = sweep;
  const most = summarize(
    simulate({ ...simulation, arrivals: { kind: 'closed', concurrency: simulation.maxBatch }, replication: 0 }),
    warmup,
    slo,
  ).requestsPerSecond;
  const at = (perSecond: number): Summary =>
    summarize(simulate({ ...simulation, arrivals: { kind: 'poisson', perSecond }, replication: 0 }), warmup, slo);
  let [lo, hi] = [most / 100, 2 * most];
  let summary = at(lo);
  if (summary.goodput.share < share) return { perSecond: 0, summary: null };
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (lo + hi) / 2;
    const tried = at(middle);
    if (tried.goodput.share >= share) [lo, summary] = [middle, tried];
    else hi = middle;
  }
  return { perSecond: lo, summary };
}
