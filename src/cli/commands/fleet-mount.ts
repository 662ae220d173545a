// `fleetmark fleet [RESULT]` and the commands under it (`fleet NAME`): their place on the command line. Each
// subcommand's flags and work are in its own fleet-NAME.ts.
import type { Command } from 'commander';
import type { ExitCode } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { loadResultFile } from '../result-store.ts';
import { fleetCommand } from './fleet.ts';
import { mountFleetClaims, mountFleetWatch } from './fleet-claims.ts';
import { mountFleetFront } from './fleet-front.ts';
import { mountFleetMerge } from './fleet-merge.ts';
import { mountFleetPairing } from './fleet-pairing.ts';
import { mountFleetPredict } from './fleet-predict.ts';
import { mountFleetRefit } from './fleet-refit.ts';
import { mountFleetRollout } from './fleet-rollout.ts';
import { mountFleetSimulate } from './fleet-simulate.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { mountFleetValidate } from './fleet-validate.ts';
import { addScenarioFlags, scenarioFromFlags } from './scenario-flags.ts';

/** One line per subcommand. */
const SUBCOMMANDS: readonly FleetMount[] = [
  mountFleetPairing,
  mountFleetSimulate,
  mountFleetFront,
  mountFleetPredict,
  mountFleetValidate,
  mountFleetRefit,
  mountFleetRollout,
  mountFleetMerge,
  mountFleetClaims,
  mountFleetWatch,
];

/** Adds `fleet` and everything under it to the program. */
export function mountFleet(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  // Flags after a subcommand's name are the subcommand's, even where `fleet` has one of the same name (--json, --model): this
  // must hold at both levels, else the program hands `fleet` its flags without the name before them.
  const fleet = program
    .enablePositionalOptions()
    .command('fleet')
    .description('what a fleet of datacenter GPUs can serve, and what a result file may say about that')
    .argument('[result]', 'result file of this machine')
    .enablePositionalOptions();
  addScenarioFlags(fleet).option('--json', 'print the report as JSON');
  fleet.action(async (path: string | undefined, flags) => {
    const scenario = await scenarioFromFlags(flags, io.cwd);
    const result = path === undefined ? null : await loadResultFile(path, io.cwd);
    finish(await fleetCommand(result, scenario, flags.json === true, io.stdout.write));
  });
  for (const mount of SUBCOMMANDS) mount(fleet, io, finish);
}
