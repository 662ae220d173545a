// `fleetmark fleet [result]`: what the result's own probes predict, what a fleet of datacenter GPUs can serve, and what
// may cross between the two. Reads and prints only through the functions it is given.
import { cpuTwin } from '../../../kernels/rollout/twin.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { createFleetModel } from '../../fleet/fleet-model.ts';
import { buildFleetReport, type FleetReport } from '../../fleet/report.ts';
import type { Scenario } from '../../fleet/scenario.ts';
import { formatFleetText } from '../../report/fleet-text.ts';
import type { ResultFile } from '../../results/schema.ts';

/** Prints the fleet report. Throws a UserError for a workload that fits nowhere. */
export async function fleetCommand(
  result: ResultFile | null,
  scenario: Scenario,
  json: boolean,
  print: (text: string) => void,
): Promise<ExitCode> {
  const report = await fleetReport(result, scenario);
  print(`${json ? JSON.stringify(report, null, 2) : formatFleetText(report)}\n`);
  return EXIT.ok;
}

export function fleetReport(result: ResultFile | null, scenario: Scenario): Promise<FleetReport> {
  return buildFleetReport(result, scenario, cpuTwin, createFleetModel());
}
