// The simulator against queueing theory: with a step time that never changes, continuous batching is the queue M/G/c, whose
// waits for Markovian and deterministic lengths are known. Knows no hardware.
import type { LengthLaw } from './lengths.ts';
import { simulate } from './simulate.ts';
import type { StepTimeModel } from './step-time.ts';

export interface QueueCase {
  readonly name: 'M/M/1' | 'M/D/1' | 'M/M/c';
  readonly servers: number;
  /** Load per server, 0 to 1. */
  readonly load: number;
}

export interface QueueCheck extends QueueCase {
  /** Mean wait for a server, in mean service times. */
  readonly theory: number;
  readonly simulated: number;
  /** Requests present on average, against arrival rate × mean time (Little's law): two countings of one run. */
  readonly little: number;
}

export const QUEUE_CASES: readonly QueueCase[] = [
  { name: 'M/M/1', servers: 1, load: 0.5 },
  { name: 'M/D/1', servers: 1, load: 0.7 },
  { name: 'M/M/c', servers: 4, load: 0.7 },
];

/** Probability that an arrival waits in M/M/c with `offered` erlangs (Erlang C, by the recursion of Erlang B). */
export function erlangC(servers: number, offered: number): number {
  let blocked = 1;
  for (let k = 1; k <= servers; k++) blocked = (offered * blocked) / (k + offered * blocked);
  return blocked / (1 - (offered / servers) * (1 - blocked));
}

/** Mean wait in mean service times: Erlang C over c·(1 − load), halved for fixed lengths at one server (Pollaczek–Khinchine). */
export function theoreticalWait({ name, servers, load }: QueueCase): number {
  const markovian = erlangC(servers, servers * load) / (servers * (1 - load));
  return name === 'M/D/1' ? markovian / 2 : markovian;
}

/** Tokens of a mean request: a step is a thousandth of a service time, which bounds the error of whole steps. */
const MEAN_TOKENS = 1000;

/** Runs one case with `requests` arrivals after as many tenths to warm up. */
export function checkQueue(queue: QueueCase, requests: number, seed: number): QueueCheck {
  const model: StepTimeModel = {
    gpus: 1,
    kvCapacityTokens: Number.POSITIVE_INFINITY,
    stepSeconds: () => 1 / MEAN_TOKENS,
  };
  const osl: LengthLaw =
    queue.name === 'M/D/1' ? { kind: 'fixed', tokens: MEAN_TOKENS } : { kind: 'geometric', mean: MEAN_TOKENS };
  const warmup = Math.floor(requests / 10);
  const run = simulate({
    model,
    layout: { kind: 'mixed', instances: 1 },
    maxBatch: queue.servers,
    chunkTokens: Number.POSITIVE_INFINITY,
    arrivals: { kind: 'poisson', perSecond: queue.load * queue.servers },
    isl: { kind: 'fixed', tokens: 0 },
    osl,
    prefixHitRate: 0,
    requests: requests + warmup,
    seed,
    replication: 0,
  });
  const counted = run.requests.slice(warmup);
  const mean = (pick: (request: (typeof counted)[number]) => number): number =>
    counted.reduce((sum, request) => sum + pick(request), 0) / counted.length;
  const [from, to] = [counted[0]!.arrivedAt, counted.at(-1)!.arrivedAt];
  const present = run.requests.reduce((sum, r) => sum + overlap(r.arrivedAt, r.finishedAt, from, to), 0) / (to - from);
  const rate = (counted.length - 1) / (to - from);
  return {
    ...queue,
    theory: theoreticalWait(queue),
    simulated: mean((request) => request.admittedAt - request.arrivedAt),
    little: present / (rate * mean((request) => request.finishedAt - request.arrivedAt)),
  };
}

function overlap(start: number, end: number, from: number, to: number): number {
  return Math.max(0, Math.min(end, to) - Math.max(start, from));
}
