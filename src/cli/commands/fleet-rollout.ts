// `fleetmark fleet rollout`: draws the deal's deliveries, power, failures and pairing by quarter; one part of the scenarios
// with --shard, all of them otherwise.
import { Option } from 'commander';
import { cpuTwin } from '../../../kernels/rollout/twin.ts';
import { EXIT, type ExitCode, UserError } from '../../core/errors.ts';
import type { RolloutEngine, RolloutInputs } from '../../core/rollout.ts';
import { createFleetModel } from '../../fleet/fleet-model.ts';
import { buildRolloutReport, type RolloutReport } from '../../fleet/rollout/report.ts';
import { runRollout } from '../../fleet/rollout/run.ts';
import { parseShard, WHOLE } from '../../fleet/rollout/shard-file.ts';
import type { OpenedRollout } from '../../native/rollout-engine.ts';
import { formatRolloutCsv, formatRolloutText } from '../../report/fleet-rollout-text.ts';
import type { Io } from '../io.ts';
import { writeTextFile } from '../json-file.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addScenarioFlags, type ScenarioFlags, scenarioFromFlags } from './scenario-flags.ts';

export const REPORT_FORMATS = ['text', 'json', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

interface RolloutFlags extends ScenarioFlags {
  readonly shard?: string;
  readonly out?: string;
  readonly engine: 'cpu' | 'gpu';
  readonly format: ReportFormat;
}

export const mountFleetRollout: FleetMount = (fleet, io, finish) => {
  const command = addScenarioFlags(
    fleet
      .command('rollout')
      .description('capacity by quarter over many scenarios of deliveries, power, failures and pairing'),
  );
  command
    .option('--shard <i/n>', 'draw one part of n, counted from 0, and print it as a file for fleet merge')
    .option('--out <file>', 'write there instead of stdout')
    .addOption(new Option('--engine <name>', 'what draws').choices(['cpu', 'gpu']).default('cpu'))
    .addOption(new Option('--format <name>', 'how to print the report').choices(REPORT_FORMATS).default('text'))
    .action(async (flags: RolloutFlags) => finish(await rolloutCommand(flags, io)));
};

async function rolloutCommand(flags: RolloutFlags, io: Io): Promise<ExitCode> {
  const scenario = await scenarioFromFlags(flags, io.cwd);
  const shard = flags.shard === undefined ? WHOLE : parseShard(flags.shard);
  const { inputs, rates } = createFleetModel().inputsOf(scenario);
  const file = await withEngine(flags.engine, inputs, io, (engine) => runRollout(scenario, inputs, shard, engine));
  const text =
    flags.shard === undefined ? formatRollout(buildRolloutReport(file, rates), flags.format) : JSON.stringify(file);
  if (flags.out === undefined) io.stdout.write(`${text}\n`);
  else await writeTextFile(flags.out, io.cwd, `${text}\n`);
  return EXIT.ok;
}

export function formatRollout(report: RolloutReport, format: ReportFormat): string {
  if (format === 'json') return JSON.stringify(report, null, 2);
  return format === 'csv' ? formatRolloutCsv(report) : formatRolloutText(report);
}

async function withEngine<T>(
  name: 'cpu' | 'gpu',
  inputs: RolloutInputs,
  io: Pick<Io, 'stderr'>,
  work: (engine: RolloutEngine) => Promise<T>,
): Promise<T> {
  if (name === 'cpu') return work(cpuTwin);
  const { openNativeRollout, OtherDraws } = await import('../../native/rollout-engine.ts');
  const opened = await openNativeRollout();
  try {
    io.stderr.write(`${await speeds(opened.engine, inputs)}\n`);
    return await work(opened.engine);
  } catch (error) {
    if (error instanceof OtherDraws) throw new UserError(`${error.message}; use --engine cpu`, error.exitCode);
    throw error;
  } finally {
    opened.close();
  }
}

/** Scenarios that both engines draw before the run, to say how fast each is. */
const TIMED = 4000;

/** The GPU against one CPU thread on the same scenarios, read-back included, after one run that compiles and checks. */
async function speeds(gpu: OpenedRollout['engine'], inputs: RolloutInputs): Promise<string> {
  const perSecond = async (engine: RolloutEngine): Promise<number> => {
    await engine.run(inputs, 0, 64);
    const began = performance.now();
    await engine.run(inputs, 0, TIMED);
    return (1000 * TIMED) / (performance.now() - began);
  };
  const [fast, slow] = [await perSecond(gpu), await perSecond(cpuTwin)];
  const show = (rate: number): string => Math.round(rate).toLocaleString('en-US');
  return `${gpu.name}: ${show(fast)} scenarios/s, longest dispatch ${gpu.longestMs().toFixed(0)} ms; ${cpuTwin.name}: ${show(slow)} scenarios/s (x ${(fast / slow).toPrecision(3)})`;
}
