// `fleetmark fleet rollout`: draws the deal's deliveries, power, failures and pairing by quarter; one part of the scenarios
// with --shard, all of them otherwise.
import { Option } from 'commander';
import { cpuTwin } from '../../../kernels/rollout/twin.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import type { RolloutEngine } from '../../core/rollout.ts';
import { createFleetModel } from '../../fleet/fleet-model.ts';
import { buildRolloutReport, type RolloutReport } from '../../fleet/rollout/report.ts';
import { runRollout } from '../../fleet/rollout/run.ts';
import { parseShard, WHOLE } from '../../fleet/rollout/shard-file.ts';
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
  const file = await withEngine(flags.engine, (engine) => runRollout(scenario, inputs, shard, engine));
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

async function withEngine<T>(name: 'cpu' | 'gpu', work: (engine: RolloutEngine) => Promise<T>): Promise<T> {
  if (name === 'cpu') return work(cpuTwin);
  const { openNativeRollout } = await import('../../native/rollout-engine.ts');
  const opened = await openNativeRollout();
  try {
    return await work(opened.engine);
  } finally {
    opened.close();
  }
}
