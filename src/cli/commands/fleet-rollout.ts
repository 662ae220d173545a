// `fleetmark fleet rollout`: draws the deal's deliveries, power, failures and pairing by quarter; one part of the scenarios
// with --shard, all of them otherwise.
import { type Command, Option } from 'commander';
import { cpuTwin } from '../../../kernels/rollout/twin.ts';
import { EXIT, type ExitCode, UserError } from '../../core/errors.ts';
import type { RolloutEngine } from '../../core/rollout.ts';
import { buildRolloutReport, type RolloutReport } from '../../fleet/rollout/report.ts';
import { runRollout } from '../../fleet/rollout/run.ts';
import {
  parseScenario,
  ROLLOUT_SETTINGS,
  type RolloutScenario,
  type RolloutSettingName,
  readScenario,
  scenarioFromQuery,
} from '../../fleet/rollout/scenario.ts';
import { parseShard, WHOLE } from '../../fleet/rollout/shard-file.ts';
import type { SettingSpec } from '../../fleet/settings.ts';
import { formatRolloutCsv, formatRolloutText } from '../../report/fleet-rollout-text.ts';
import type { Io } from '../io.ts';
import { readJsonFile, writeTextFile } from '../json-file.ts';
import type { FleetMount } from './fleet-subcommand.ts';

const SPECS = Object.entries(ROLLOUT_SETTINGS) as [RolloutSettingName, SettingSpec][];
export const REPORT_FORMATS = ['text', 'json', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** What scenarioFlags adds to a command, as commander hands it over: settings by camel-cased name beside these. */
interface ScenarioFlags extends Readonly<Record<string, unknown>> {
  readonly scenario?: string;
  readonly query?: string;
}

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

/** `--scenario`, `--query` and a flag for every setting. */
export function addScenarioFlags(command: Command): Command {
  command
    .option('--scenario <file>', 'JSON file of settings')
    .option('--query <text>', 'settings as in the page’s address: gpus=500000&share=0.5');
  for (const [name, spec] of SPECS) {
    command.addOption(new Option(`--${name} <${spec.type === 'text' ? 'name' : 'n'}>`, helpOf(spec)));
  }
  return command;
}

function helpOf(spec: SettingSpec): string {
  if (spec.type === 'text') return `${spec.help} (${spec.choices.join(', ')}; default: ${spec.default})`;
  return `${spec.help} (default: ${spec.type === 'prior' ? 'drawn from its prior, see Sources' : spec.default})`;
}

/** The scenario of a file, then of a query, then of single flags, each over the one before. */
export async function scenarioFromFlags(flags: ScenarioFlags, cwd: string): Promise<RolloutScenario> {
  const { scenario: path, query } = flags;
  if (path !== undefined && query !== undefined) throw new UserError('give --scenario or --query, not both');
  const base =
    path !== undefined
      ? readScenario(await readJsonFile(path, cwd), path)
      : scenarioFromQuery((query ?? '').replace(/^[?#]/, ''));
  const given: Record<string, string> = {};
  for (const [name] of SPECS) {
    const value = flags[new Option(`--${name}`).attributeName()];
    if (value !== undefined) given[name] = String(value);
  }
  return parseScenario(given, 'flags', base);
}

async function rolloutCommand(flags: RolloutFlags, io: Io): Promise<ExitCode> {
  const scenario = await scenarioFromFlags(flags, io.cwd);
  const shard = flags.shard === undefined ? WHOLE : parseShard(flags.shard);
  const file = await withEngine(flags.engine, (engine) => runRollout(scenario, shard, engine));
  const text = flags.shard === undefined ? formatRollout(buildRolloutReport(file), flags.format) : JSON.stringify(file);
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
