// Repetitions of one simulation with other luck, cut into shards and merged again without a trace: whole numbers by
// repetition, latencies in mergeable sketches. Knows no hardware.
import { rangeOfShard, type Shard, type ShardFile } from '../rollout/shard-file.ts';
import { Sketch } from '../rollout/sketch.ts';
import { type SimulationInput, simulate } from './simulate.ts';
import { isGood, type Slo, summarize, tpotOf, ttftOf } from './summary.ts';

export interface SweepInput {
  readonly simulation: Omit<SimulationInput, 'replication'>;
  readonly replications: number;
  /** Requests at the head of every repetition that are not counted. */
  readonly warmup: number;
  readonly slo: Slo;
  /** Everything above as the command line named it, for the file. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

const LATENCIES = ['ttft-ms', 'tpot-ms', 'request-ms'] as const;
const TALLIES = [
  'requests',
  'good',
  'input-tokens',
  'output-tokens',
  'preemptions',
  'window-us',
  'window-tokens',
] as const;
type Tally = (typeof TALLIES)[number];

/** Runs the repetitions of one shard, one after the other. */
export function runSweep(sweep: SweepInput, shard: Shard): ShardFile {
  const { first, count } = rangeOfShard(shard, sweep.replications);
  const sketches = Object.fromEntries(LATENCIES.map((name) => [name, new Sketch()]));
  const tallies = Object.fromEntries(
    TALLIES.map((name) => [name, new Array<number>(sweep.replications).fill(0)]),
  ) as Record<Tally, number[]>;
  let gpus = 0;
  for (let replication = first; replication < first + count; replication++) {
    const run = simulate({ ...sweep.simulation, replication });
    gpus = run.gpus;
    const counted = run.requests.slice(sweep.warmup);
    for (const request of counted) {
      sketches['ttft-ms']!.add(ttftOf(request));
      if (request.outputTokens > 1) sketches['tpot-ms']!.add(tpotOf(request));
      sketches['request-ms']!.add(1000 * (request.finishedAt - request.arrivedAt));
    }
    const summary = summarize(run, sweep.warmup, sweep.slo);
    const whole: Record<Tally, number> = {
      requests: summary.requests,
      good: counted.filter((request) => isGood(request, sweep.slo)).length,
      'input-tokens': summary.inputTokens,
      'output-tokens': summary.outputTokens,
      preemptions: summary.preemptions,
      'window-us': Math.round(1e6 * summary.windowSeconds),
      'window-tokens': Math.round(summary.outputTokensPerSecondPerGpu * gpus * summary.windowSeconds),
    };
    for (const name of TALLIES) tallies[name][replication] = whole[name];
  }
  return {
    schema: 'fleetmark.fleet-shard',
    schemaVersion: 1,
    kind: 'simulate',
    inputs: sweep.inputs,
    seed: sweep.simulation.seed,
    of: shard.of,
    parts: [shard.index],
    sketches: Object.fromEntries(LATENCIES.map((name) => [name, sketches[name]!.toJSON()])),
    tallies,
  };
}

export interface SweepSummary {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly preemptions: number;
  /** Output tokens a second of all instances: mean over repetitions, and their smallest and largest. */
  readonly outputTokensPerSecond: { readonly mean: number; readonly lo: number; readonly hi: number };
  readonly goodShare: number;
  /** Within 1 % (the sketch's relative error). Null where no request has a second token. */
  readonly ttftMs: { readonly p50: number; readonly p99: number };
  readonly tpotMs: { readonly p50: number; readonly p99: number } | null;
}

/** What a complete file says; throws where repetitions are missing. */
export function summarizeSweep(file: ShardFile): SweepSummary {
  const column = (name: Tally): readonly number[] => file.tallies[name] ?? [];
  const total = (name: Tally): number => column(name).reduce((a, b) => a + b, 0);
  const windows = column('window-us');
  const rates = column('window-tokens').flatMap((tokens, i) => (windows[i]! > 0 ? [(1e6 * tokens) / windows[i]!] : []));
  const percentiles = (name: string) => {
    const sketch = Sketch.from(file.sketches[name]!);
    return sketch.total > 0 ? { p50: sketch.quantile(0.5), p99: sketch.quantile(0.99) } : null;
  };
  const ttft = percentiles('ttft-ms');
  if (!ttft || rates.length === 0) throw new RangeError('a sweep without a counted request');
  return {
    requests: total('requests'),
    inputTokens: total('input-tokens'),
    outputTokens: total('output-tokens'),
    preemptions: total('preemptions'),
    outputTokensPerSecond: {
      mean: rates.reduce((a, b) => a + b, 0) / rates.length,
      lo: Math.min(...rates),
      hi: Math.max(...rates),
    },
    goodShare: total('good') / total('requests'),
    ttftMs: ttft,
    tpotMs: percentiles('tpot-ms'),
  };
}
