// A fleet scenario on the command line: a flag for every setting beside --scenario and --query, and a user's own catalogue.
import { type Command, Option } from 'commander';
import { UserError } from '../../core/errors.ts';
import { applyOverlay } from '../../fleet/overlay.ts';
import { parseScenario, readScenario, type Scenario, scenarioFromQuery } from '../../fleet/scenario.ts';
import { type SettingSpec, SPECS } from '../../fleet/scenario-settings.ts';
import { readJsonFile } from '../json-file.ts';

/** What addScenarioFlags adds to a command, as commander hands it over: settings by camel-cased name beside these. */
export interface ScenarioFlags extends Readonly<Record<string, unknown>> {
  readonly scenario?: string;
  readonly query?: string;
  readonly catalogue?: string;
}

/** `--scenario`, `--query`, `--catalogue` and a flag for every setting. */
export function addScenarioFlags(command: Command): Command {
  command
    .option('--scenario <file>', 'JSON file of settings')
    .option('--query <text>', 'settings as in the page’s address: gpus=500000&share=0.5');
  addCatalogueFlag(command);
  for (const [name, spec] of SPECS) {
    command.addOption(new Option(`--${name} <${spec.type === 'text' ? 'name' : 'n'}>`, helpOf(spec)));
  }
  return command;
}

export function addCatalogueFlag(command: Command): Command {
  return command.option('--catalogue <file>', 'JSON of your own constants, chips, models and points, laid over ours');
}

/** Lays the user's catalogue over ours, where one is given. */
export async function useCatalogue(path: string | undefined, cwd: string): Promise<void> {
  if (path !== undefined) applyOverlay(await readJsonFile(path, cwd), path);
}

function helpOf(spec: SettingSpec): string {
  if (spec.type === 'text') return `${spec.help} (${spec.choices.join(', ')}; default: ${spec.default})`;
  if (spec.type === 'number') return `${spec.help} (default: ${spec.default})`;
  return spec.type === 'prior' ? `${spec.help} (default: drawn from its range, see Sources)` : spec.help;
}

/** The scenario of a file, then of a query, then of single flags, each over the one before. */
export async function scenarioFromFlags(flags: ScenarioFlags, cwd: string): Promise<Scenario> {
  const { scenario: path, query } = flags;
  if (path !== undefined && query !== undefined) throw new UserError('give --scenario or --query, not both');
  await useCatalogue(flags.catalogue, cwd);
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
