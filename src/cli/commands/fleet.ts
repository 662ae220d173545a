// `fleetmark fleet [result]`: what the result's own probes predict, what a fleet of datacenter GPUs can serve, and what
// may cross between the two. Reads and prints only through the functions it is given.
import { Option } from 'commander';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { buildFleetReport } from '../../fleet/report.ts';
import { FLEET_SETTINGS, type FleetSettingName, parseFleetSettings, type SettingSpec } from '../../fleet/settings.ts';
import { formatFleetText } from '../../report/fleet-text.ts';
import type { ResultFile } from '../../results/schema.ts';

export interface FleetCommandOptions {
  /** Path of a result file; without one the report holds no device. */
  readonly result?: string | undefined;
  /** Print the report as JSON instead of text. */
  readonly json?: boolean;
  /** Flag values as commander gives them, by camel-cased name. */
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** Prints the fleet report. Throws a UserError for a bad setting or result file. */
export async function fleetCommand(
  options: FleetCommandOptions,
  readResult: (path: string) => Promise<ResultFile>,
  print: (text: string) => void,
): Promise<ExitCode> {
  const settings = parseFleetSettings(givenSettings(options.flags ?? {}));
  const result = options.result === undefined ? null : await readResult(options.result);
  const report = buildFleetReport(result, settings);
  print(`${options.json ? JSON.stringify(report, null, 2) : formatFleetText(report)}\n`);
  return EXIT.ok;
}

/** The fleet's settings as commander flags, and `--json`. */
export function fleetFlags(): Option[] {
  const settings = (Object.entries(FLEET_SETTINGS) as [FleetSettingName, SettingSpec][]).map(
    ([name, spec]) => new Option(`--${name} <${spec.type === 'text' ? 'name' : 'n'}>`, helpOf(spec)),
  );
  return [...settings, new Option('--json', 'print the report as JSON')];
}

function givenSettings(flags: Readonly<Record<string, unknown>>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(FLEET_SETTINGS)) {
    const value = flags[new Option(`--${name}`).attributeName()];
    if (value !== undefined) given[name] = String(value);
  }
  return given;
}

function helpOf(spec: SettingSpec): string {
  if (spec.type === 'text') return `${spec.help} (${spec.choices.join(', ')}; default: ${spec.default})`;
  if (spec.type === 'number') return `${spec.help} (default: ${spec.default})`;
  return `${spec.help} (default: drawn from a range, see Sources)`;
}
