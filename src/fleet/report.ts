// The fleet report: your device, the fleet, the bridge, never mixed, with the source of everything that entered.
// Plain data, ready for JSON; knows no formatting.
import type { RolloutEngine } from '../core/rollout.ts';
import type { ResultFile } from '../results/schema.ts';
import { type BridgePart, buildBridge, decideCrossing } from './bridge.ts';
import { buildDevice, type DevicePart } from './device-model.ts';
import type { FleetModel } from './fleet-model.ts';
import { type FrontRow, pairingFront } from './pairing/front.ts';
import type { Rates } from './pairing/rates.ts';
import { buildRolloutReport, type RolloutReport } from './rollout/report.ts';
import { runRollout } from './rollout/run.ts';
import { WHOLE } from './rollout/shard-file.ts';
import type { SourceEntry } from './rollout/sources.ts';
import type { Scenario } from './scenario.ts';
import { SETTINGS } from './scenario-settings.ts';
import { type VendorGap, vendorGap } from './vendor-gap.ts';

export interface FleetReport {
  readonly schema: 'fleetmark.fleet-report';
  readonly schemaVersion: 2;
  readonly scenario: Scenario;
  /** Id and adapter of the result file, or null without one. */
  readonly run: { readonly id: string; readonly adapter: string; readonly isSoftware: boolean } | null;
  readonly device: DevicePart | { readonly missing: string };
  /** WGSL against published vendor-stack serving on this very chip; null where the device is no datacenter GPU. */
  readonly vendorGap: VendorGap | null;
  readonly fleet: RolloutReport;
  /** Rubin at equal site power by tokens/s/user, at medians. */
  readonly front: readonly FrontRow[];
  readonly bridge: BridgePart;
  /** Ids of sources in use that nobody but their vendor has confirmed. */
  readonly vendorClaims: readonly string[];
  readonly sources: readonly SourceEntry[];
}

/** Throws a UserError for a scenario whose model fits nowhere. */
export async function buildFleetReport(
  result: ResultFile | null,
  scenario: Scenario,
  engine: RolloutEngine,
  model: FleetModel,
): Promise<FleetReport> {
  const crossing = decideCrossing(result, scenario);
  const run = async (flopsFactor: number): Promise<{ report: RolloutReport; rates: Rates }> => {
    const { inputs, rates } = model.inputsOf(scenario, flopsFactor);
    const file = await runRollout(scenario, inputs, WHOLE, engine);
    return { report: buildRolloutReport(file, rates), rates };
  };
  const without = await run(1);
  const { report: fleet, rates } = crossing.weight === 1 ? await run(crossing.flopsFactor) : without;
  const sources = [...settingSources(scenario), ...fleet.sources];
  return {
    schema: 'fleetmark.fleet-report',
    schemaVersion: 2,
    scenario,
    run: result && runOf(result),
    device: result ? buildDevice(result) : { missing: 'no result file was given: nothing is said about a device' },
    vendorGap: result && vendorGap(result, model.calibration),
    fleet,
    front: pairingFront(rates.study),
    bridge: buildBridge(crossing, scenario, without.report, fleet),
    vendorClaims: sources.filter((entry) => entry.basis === 'vendor-claim').map((entry) => entry.id),
    sources,
  };
}

export function runOf({ id, environment: { adapter } }: ResultFile): NonNullable<FleetReport['run']> {
  const name =
    adapter.description || adapter.device || [adapter.vendor, adapter.architecture].filter(Boolean).join(' ');
  return { id, adapter: name || 'unnamed adapter', isSoftware: adapter.isSoftware };
}

/** Settings that are claims about the deal. */
export function settingSources(scenario: Scenario): SourceEntry[] {
  return (['gpus', 'share'] as const).map((name) => {
    const spec = SETTINGS[name];
    const value = scenario[name];
    const shared = { id: `setting/${name}`, what: spec.help, value, lo: value, hi: value, unit: '1', note: '' };
    return value === spec.default
      ? { ...shared, basis: 'vendor-claim', source: spec.source, date: '2026-03' }
      : { ...shared, basis: 'given', source: 'given by the user', date: '' };
  });
}
