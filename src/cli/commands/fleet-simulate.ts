// `fleetmark fleet simulate`: continuous batching event by event under the calibrated serving model; sweeps in shards; the
// check of the simulator against queueing theory.
import { Option } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../core/errors.ts';
import { parseShard, rangeOfShard, WHOLE } from '../../fleet/rollout/shard-file.ts';
import { calibrate } from '../../fleet/serving/calibrate.ts';
import { type Parameters, withoutWaits } from '../../fleet/serving/parameters.ts';
import { measuredPoints } from '../../fleet/serving/points.ts';
import { steadyState } from '../../fleet/serving/steady.ts';
import { findGoodput } from '../../fleet/simulator/goodput.ts';
import { checkQueue, QUEUE_CASES } from '../../fleet/simulator/queueing.ts';
import {
  buildSimulation,
  parseSimulation,
  type ServingSimulation,
  SIMULATION_NUMBERS,
  SIMULATION_TEXTS,
  type SimulationSettings,
} from '../../fleet/simulator/settings.ts';
import { simulate } from '../../fleet/simulator/simulate.ts';
import { type Summary, summarize } from '../../fleet/simulator/summary.ts';
import { runSweep } from '../../fleet/simulator/sweep.ts';
import { parseTrace } from '../../fleet/simulator/trace.ts';
import { formatSweepText } from '../../report/fleet-merge-text.ts';
import {
  type ClosedForm,
  formatGoodput,
  formatQueueChecks,
  formatSimulation,
} from '../../report/fleet-simulate-text.ts';
import type { Io } from '../io.ts';
import { readJsonFile, writeTextFile } from '../json-file.ts';
import type { FleetMount } from './fleet-subcommand.ts';

type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Requests a case of the queueing check: the waits then scatter by less than 1 %. */
const QUEUE_REQUESTS = 500_000;

export const mountFleetSimulate: FleetMount = (fleet, io, finish) => {
  const command = fleet
    .command('simulate')
    .description('continuous batching event by event: latencies, goodput, and how far the closed form is off');
  for (const [name, spec] of Object.entries(SIMULATION_TEXTS)) {
    command.option(`--${name} <text>`, `${spec.help} (default: ${spec.default})`);
  }
  for (const [name, spec] of Object.entries(SIMULATION_NUMBERS)) {
    command.option(`--${name} <n>`, `${spec.help}${spec.default === null ? '' : ` (default: ${spec.default})`}`);
  }
  command
    .option('--trace <file>', 'JSON array of {at, isl, osl} in place of arrivals and lengths')
    .option('--goodput <share>', 'search the highest rate at which that share of requests keeps both limits')
    .option('--shard <i/n>', 'run one part of the repetitions and print it as a file for fleet merge')
    .option('--out <file>', 'write the part there instead of printing it')
    .option('--queueing', 'check the simulator against M/M/1, M/D/1 and M/M/c instead')
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (flags: Flags) => finish(await simulateCommand(flags, io)));
};

async function simulateCommand(flags: Flags, io: Io): Promise<ExitCode> {
  const settings = parseSimulation(givenBy(flags));
  const trace =
    typeof flags.trace === 'string' ? parseTrace(flags.trace, await readJsonFile(flags.trace, io.cwd)) : null;
  const print = (value: unknown, text: () => string): void =>
    io.stdout.write(`${flags.format === 'json' ? JSON.stringify(value, null, 1) : text()}\n`);
  if (flags.queueing) {
    const checks = QUEUE_CASES.map((queue) => checkQueue(queue, QUEUE_REQUESTS, settings.seed));
    print(checks, () => formatQueueChecks(checks, QUEUE_REQUESTS));
    return EXIT.ok;
  }
  const parameters = withoutWaits(calibrate(measuredPoints()).parameters);
  const simulation = buildSimulation(settings, parameters, trace);
  const { sweep } = simulation;
  if (flags.goodput !== undefined) {
    const share = shareOf(String(flags.goodput));
    const goodput = findGoodput(sweep, share);
    print({ settings, share, ...goodput }, () => formatGoodput(settings, goodput, sweep.slo, share));
  } else if (typeof flags.shard === 'string') {
    const shard = parseShard(flags.shard);
    if (rangeOfShard(shard, sweep.replications).count === 0) {
      io.stderr.write(`part ${flags.shard} is empty: --replications ${sweep.replications} leaves none for it\n`);
    }
    const text = `${JSON.stringify(runSweep(sweep, shard))}\n`;
    if (typeof flags.out === 'string') await writeTextFile(flags.out, io.cwd, text);
    else io.stdout.write(text);
  } else if (settings.replications > 1) {
    const whole = runSweep(sweep, WHOLE);
    print(whole, () => formatSweepText(whole, 'text'));
  } else {
    const summary = summarize(simulate({ ...sweep.simulation, replication: 0 }), sweep.warmup, sweep.slo);
    const closed = trace ? null : closedFormOf(simulation, settings, summary, parameters);
    print({ settings, summary, closed }, () => formatSimulation(settings, summary, sweep.slo, closed));
  }
  return EXIT.ok;
}

/** In flight on an instance: as asked, or by Little's law from what was simulated. Null with prompts apart: no instance is alone. */
function closedFormOf(
  { replica }: ServingSimulation,
  settings: SimulationSettings,
  { requestsPerSecond, ttftMs, tpotMs, outputTokens, requests }: Summary,
  parameters: Parameters,
): ClosedForm | null {
  if (settings['prefill-instances'] > 0) return null;
  const seconds = (ttftMs.mean + (tpotMs?.mean ?? 0) * (outputTokens / requests - 1)) / 1000;
  const inFlight = settings.rate === null ? settings.concurrency : requestsPerSecond * seconds;
  const concurrency = inFlight / settings.instances;
  const { tpotSeconds, tokensPerGpu } = steadyState(replica, concurrency, parameters);
  return { concurrency, tpotMs: 1000 * tpotSeconds, tokensPerGpu };
}

function givenBy(flags: Flags): Record<string, string | undefined> {
  const names = [...Object.keys(SIMULATION_TEXTS), ...Object.keys(SIMULATION_NUMBERS)];
  return Object.fromEntries(
    names.map((name) => [name, flags[new Option(`--${name}`).attributeName()] as string | undefined]),
  );
}

function shareOf(text: string): number {
  const share = text.trim() === '' ? Number.NaN : Number(text);
  if (share > 0 && share < 1) return share;
  throw new UserError(`--goodput ${text}: must be a share between 0 and 1, e.g. 0.99`);
}
