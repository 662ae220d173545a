// Part (c): what a local run may tell the fleet. Counted work crosses, efficiencies do not; from a software adapter nothing
// does. The effect is computed, not promised: the fleet with the run's counts against the fleet without.
import { parseCaseId } from '../core/case-id.ts';
import type { ResultFile, Row } from '../results/schema.ts';
import { findModel } from './catalogue.ts';
import type { FleetPart } from './fleet.ts';
import type { FleetSettings } from './settings.ts';
import { type CountedWork, decodeFlops } from './work.ts';

/** Counted work of one token: of a local decoder at batch 1, or of the fleet's model. */
interface TokenCount {
  readonly model: string;
  /** Case id, or null for the fleet's model, counted from its shape. */
  readonly from: string | null;
  readonly flopsPerToken: number;
  readonly bytesPerToken: number | null;
}

/** What crosses, decided before any fleet is computed. */
export interface Crossing {
  readonly counted: CountedWork | null;
  /** 1 when the run's counts enter the fleet's arithmetic, else 0. */
  readonly weight: 0 | 1;
  readonly reason: string;
  readonly counts: readonly TokenCount[];
}

export interface BridgePart extends Crossing {
  readonly fleetModel: TokenCount;
  /** (with the run − without it) / without it, of the paired fleet at equal site power: its median and its 80 % width. */
  readonly medianMoved: number;
  readonly widthMoved: number;
  readonly staysHere: readonly string[];
}

/** Decides what of a result may enter the fleet. */
export function decideCrossing(result: ResultFile | null, settings: FleetSettings): Crossing {
  const none = { counted: null, weight: 0 } as const;
  if (!result) return { ...none, counts: [], reason: 'no result file was given' };
  const counts = countsOf(result);
  if (result.environment.adapter.isSoftware) {
    return {
      ...none,
      counts,
      reason: 'software adapter: exercises the path, is not a measurement of a GPU, so its weight is zero',
    };
  }
  if (counts.length === 0) return { ...none, counts, reason: 'the run holds no verified decoder with counted work' };
  const same = counts.find((count) => count.model === settings.model);
  if (!same) {
    return {
      ...none,
      counts,
      reason: `the run holds no ${settings.model}: counts of other models say nothing of its work`,
    };
  }
  return {
    counted: { flopsPerToken: same.flopsPerToken },
    weight: 1,
    counts,
    reason: `the run counted the flops per token of ${settings.model} itself (${same.from}); its bytes depend on batch and precision and stay`,
  };
}

export function buildBridge(
  crossing: Crossing,
  settings: FleetSettings,
  without: FleetPart,
  withRun: FleetPart,
): BridgePart {
  const [before, after] = [without.equalPower.paired, withRun.equalPower.paired];
  return {
    ...crossing,
    fleetModel: {
      model: settings.model,
      from: null,
      flopsPerToken: decodeFlops(findModel(settings.model), settings.isl + settings.osl / 2),
      bytesPerToken: null,
    },
    medianMoved: after.value / before.value - 1,
    widthMoved: (after.hi - after.lo) / (before.hi - before.lo) - 1,
    staysHere: [
      'bandwidth and peak of this device',
      'share of the roofline reached',
      'time per dispatch',
      'tokens/s of this device',
    ],
  };
}

function countsOf(result: ResultFile): TokenCount[] {
  const rows = new Map<string, Row>();
  for (const session of result.sessions) for (const row of session.rows) if (counts(row)) rows.set(row.id, row);
  return [...rows.values()].map(({ id, cost }) => ({
    model: parseCaseId(id).path.split('/').at(-1)!,
    from: id,
    flopsPerToken: cost!.flops,
    bytesPerToken: cost!.bytes,
  }));
}

function counts(row: Row): boolean {
  return (
    row.kind === 'decoder' && row.state === 'ok' && row.verification?.state === 'passed' && (row.cost?.flops ?? 0) > 0
  );
}
