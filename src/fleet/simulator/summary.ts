// What a user and an operator see of simulated requests: latencies by percentile, rates per GPU, goodput under limits.
// Knows requests and their times, nothing of how they came about.
import { quantile, type Sorted, sortSamples } from '../../stats/order-statistics.ts';
import type { Request } from './instance.ts';
import type { SimulationRun } from './simulate.ts';

/** Limits a request must keep, ms: time to first token, and mean time per token after it. */
export interface Slo {
  readonly ttftMs: number;
  readonly tpotMs: number;
}

export interface Spread {
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
}

export interface Summary {
  /** Requests counted: those that came after the warm-up. */
  readonly requests: number;
  /** Input tokens asked for, those of them found in the prefix cache, and output tokens, of the counted requests. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly preemptions: number;
  readonly windowSeconds: number;
  readonly busyShare: number;
  readonly requestsPerSecond: number;
  readonly outputTokensPerSecondPerGpu: number;
  /** 1000 / median TPOT; null where every request has one token. */
  readonly tokensPerUser: number | null;
  readonly ttftMs: Spread;
  readonly tpotMs: Spread | null;
  /** Of the counted requests, the share within both limits, and their rates. */
  readonly goodput: {
    readonly share: number;
    readonly requestsPerSecond: number;
    readonly outputTokensPerSecondPerGpu: number;
  };
}

/** Counts requests from number `warmup` on, over the time between the first and the last arrival of these. */
export function summarize(run: SimulationRun, warmup: number, slo: Slo): Summary {
  const counted = run.requests.slice(warmup);
  const [from, to] = windowOf(counted);
  const seconds = to - from;
  const perGpu = (requests: readonly Readonly<Request>[]): number =>
    requests.reduce((sum, request) => sum + tokensWithin(request, from, to), 0) / seconds / run.gpus;
  const good = (request: Readonly<Request>): boolean => isGood(request, slo);
  const share = counted.filter(good).length / counted.length;
  const tpots = counted.filter((request) => request.outputTokens > 1).map(tpotOf);
  const tpot = tpots.length > 0 ? spreadOf(tpots) : null;
  return {
    requests: counted.length,
    inputTokens: sum(counted, (request) => request.promptTokens),
    outputTokens: sum(counted, (request) => request.outputTokens),
    preemptions: run.preemptions,
    windowSeconds: seconds,
    busyShare: run.busyShare,
    requestsPerSecond: counted.length / seconds,
    outputTokensPerSecondPerGpu: perGpu(run.requests),
    tokensPerUser: tpot && 1000 / tpot.p50,
    ttftMs: spreadOf(counted.map(ttftOf)),
    tpotMs: tpot,
    goodput: {
      share,
      requestsPerSecond: (share * counted.length) / seconds,
      outputTokensPerSecondPerGpu: perGpu(run.requests.filter(good)),
    },
  };
}

/** Whether a request kept both limits; one of a single token has no time per token. */
export function isGood(request: Readonly<Request>, slo: Slo): boolean {
  return ttftOf(request) <= slo.ttftMs && (request.outputTokens === 1 || tpotOf(request) <= slo.tpotMs);
}

/** From the first to the last arrival; to the last end where all came at once, as a burst does. */
function windowOf(counted: readonly Readonly<Request>[]): readonly [from: number, to: number] {
  const from = counted[0]!.arrivedAt;
  const to = counted.at(-1)!.arrivedAt;
  return [from, to > from ? to : Math.max(...counted.map((request) => request.finishedAt))];
}

/** Output tokens that fell between two times, taken as even from the first token to the last. */
function tokensWithin({ firstTokenAt, finishedAt, outputTokens }: Readonly<Request>, from: number, to: number): number {
  const first = firstTokenAt >= from && firstTokenAt < to ? 1 : 0;
  if (outputTokens === 1) return first;
  const overlap = Math.max(0, Math.min(finishedAt, to) - Math.max(firstTokenAt, from));
  return first + ((outputTokens - 1) * overlap) / (finishedAt - firstTokenAt);
}

/** Milliseconds from arrival to first token. */
export function ttftOf(request: Readonly<Request>): number {
  return 1000 * (request.firstTokenAt - request.arrivedAt);
}

/** Mean milliseconds between tokens after the first. */
export function tpotOf(request: Readonly<Request>): number {
  return (1000 * (request.finishedAt - request.firstTokenAt)) / (request.outputTokens - 1);
}

function spreadOf(samples: readonly number[]): Spread {
  const sorted: Sorted = sortSamples(samples);
  return {
    mean: sum(samples, (x) => x) / samples.length,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  };
}

function sum<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((total, item) => total + pick(item), 0);
}
