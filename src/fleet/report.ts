// The fleet report: your device, the fleet, the bridge, never mixed, with the source of everything that entered.
// Plain data, ready for JSON; knows no formatting.
import type { ResultFile } from '../results/schema.ts';
import { type BridgePart, buildBridge, decideCrossing } from './bridge.ts';
import { CONSTANTS, GPUS, MODELS, POINTS_FILE } from './catalogue.ts';
import { buildDevice, type DevicePart } from './device-model.ts';
import { DRAWS } from './draws.ts';
import type { Basis } from './figure.ts';
import { buildFleet, type FleetPart } from './fleet.ts';
import { fleetNotes } from './fleet-notes.ts';
import { checkFleetSettings, FLEET_SETTINGS, type FleetSettings, type SettingSpec } from './settings.ts';
import { POINTS_SOURCE } from './simulation.ts';

const FLEET_REPORT_SCHEMA = 'fleetmark.fleet-report';

/** One entry of the source list. `value`, `lo`, `hi` where the entry is a number. */
export interface SourceEntry {
  readonly id: string;
  readonly what: string;
  readonly basis: Basis;
  readonly source: string;
  readonly date: string;
  readonly note: string;
  readonly value?: number;
  readonly lo?: number;
  readonly hi?: number;
  /** Share of probability between lo and hi. */
  readonly coverage?: number;
  readonly unit?: string;
}

export interface FleetReport {
  readonly schema: typeof FLEET_REPORT_SCHEMA;
  readonly schemaVersion: 1;
  readonly settings: FleetSettings;
  readonly draws: number;
  /** Id and adapter of the result file, or null without one. */
  readonly run: { readonly id: string; readonly adapter: string; readonly isSoftware: boolean } | null;
  readonly device: DevicePart | { readonly missing: string };
  readonly fleet: FleetPart;
  readonly bridge: BridgePart;
  readonly notes: readonly string[];
  /** Ids of sources in use that nobody but their vendor has confirmed. */
  readonly vendorClaims: readonly string[];
  readonly sources: readonly SourceEntry[];
}

/** Throws a UserError for settings out of range, an unknown model, or a tokens/s/user outside the measured front. */
export function buildFleetReport(result: ResultFile | null, settings: FleetSettings): FleetReport {
  checkFleetSettings(settings);
  const crossing = decideCrossing(result, settings);
  const without = buildFleet(settings, null);
  const fleet = crossing.counted ? buildFleet(settings, crossing.counted) : without;
  const sources = sourcesFor(settings, fleet);
  return {
    schema: FLEET_REPORT_SCHEMA,
    schemaVersion: 1,
    settings,
    draws: DRAWS,
    run: result && runOf(result),
    device: result ? buildDevice(result) : { missing: 'no result file was given: nothing is said about a device' },
    fleet,
    bridge: buildBridge(crossing, settings, without, fleet),
    notes: fleetNotes(settings, fleet),
    vendorClaims: sources.filter((entry) => entry.basis === 'vendor-claim').map((entry) => entry.id),
    sources,
  };
}

function runOf({ id, environment: { adapter } }: ResultFile): FleetReport['run'] {
  const name =
    adapter.description || adapter.device || [adapter.vendor, adapter.architecture].filter(Boolean).join(' ');
  return { id, adapter: name || 'unnamed adapter', isSoftware: adapter.isSoftware };
}

/** Every source that some figure of the fleet names, settings that are claims included. */
function sourcesFor(settings: FleetSettings, fleet: FleetPart): SourceEntry[] {
  const ids = new Set<string>();
  collectSources(fleet, ids);
  return [...settingSources(settings), ...[...ids].sort().map((id) => entryOf(id, settings))];
}

function collectSources(part: unknown, into: Set<string>): void {
  if (typeof part !== 'object' || part === null) return;
  if ('sources' in part && Array.isArray(part.sources)) for (const id of part.sources) into.add(String(id));
  for (const value of Object.values(part)) collectSources(value, into);
}

function settingSources(settings: FleetSettings): SourceEntry[] {
  return (['gpus', 'share'] as const).map((name) => {
    const spec = FLEET_SETTINGS[name];
    const isDefault = settings[name] === spec.default;
    const [source, basis]: [string, Basis] = isDefault ? [spec.source, 'vendor-claim'] : ['given by the user', 'given'];
    return {
      id: `setting/${name}`,
      what: spec.help,
      basis,
      source,
      date: isDefault ? '2026-03' : '',
      note: '',
      value: settings[name],
    };
  });
}

function entryOf(id: string, settings: FleetSettings): SourceEntry {
  const constant = CONSTANTS.find((entry) => entry.id === id);
  if (constant) {
    const given = givenFor(id, settings);
    if (given === null) return constant;
    return {
      ...constant,
      basis: 'given',
      source: 'given by the user',
      date: '',
      note: '',
      value: given,
      lo: given,
      hi: given,
    };
  }
  const named = [...GPUS, ...MODELS].find((entry) => entry.name === id);
  if (named) {
    const what = 'tflops' in named ? `specifications of ${id} (${named.grade})` : `shape of ${id}`;
    return { id, what, basis: 'published', source: named.source, date: named.date, note: named.note };
  }
  if (id !== POINTS_SOURCE) throw new Error(`no source for ${id}`);
  const { source, url, date, license, note } = POINTS_FILE;
  return {
    id,
    what: 'measured serving points',
    basis: 'measured',
    source: `${source}, ${url}, ${license}`,
    date,
    note,
  };
}

function givenFor(constant: string, settings: FleetSettings): number | null {
  for (const [name, spec] of Object.entries(FLEET_SETTINGS) as [keyof FleetSettings, SettingSpec][]) {
    const value = settings[name];
    if (spec.type === 'prior' && spec.constant === constant && typeof value === 'number') return value;
  }
  return null;
}
