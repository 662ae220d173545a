// Part (c): what a local run may tell the fleet. Counted work crosses, efficiencies do not; from a software adapter nothing
// does. The effect is computed, not promised: the fleet with the run's counts against the fleet without.
import { parseCaseId } from '../core/case-id.ts';
import type { ResultFile, Row } from '../results/schema.ts';
import { type BridgeQuantity, quantitiesOf } from './bridge-quantities.ts';
import { architectureOf } from './rollout/inputs.ts';
import type { RolloutReport } from './rollout/report.ts';
import type { Scenario } from './scenario.ts';
import { decodeFlops } from './serving/step.ts';

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
  /** Counted flops per token over those of the model's shape, at the run's own lengths; 1 when nothing crosses. */
  readonly flopsFactor: number;
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
  /** What could cross from any hardware, measured or not. */
  readonly quantities: readonly BridgeQuantity[];
  readonly staysHere: readonly string[];
}

/** Decides what of a result may enter the fleet. */
export function decideCrossing(result: ResultFile | null, scenario: Scenario): Crossing {
  const none = { flopsFactor: 1, weight: 0 } as const;
  if (!result) return { ...none, counts: [], reason: 'no result file was given' };
  const rows = countedRows(result);
  const counts = rows.map(countOf);
  if (result.environment.adapter.isSoftware) {
    return {
      ...none,
      counts,
      reason: 'software adapter: exercises the path, is not a measurement of a GPU, so its weight is zero',
    };
  }
  if (rows.length === 0) return { ...none, counts, reason: 'the run holds no verified decoder with counted work' };
  const same = rows.find((row) => countOf(row).model === scenario.model);
  if (!same) {
    return {
      ...none,
      counts,
      reason: `the run holds no ${scenario.model}: counts of other models say nothing of its work`,
    };
  }
  const shape = decodeFlops(architectureOf(scenario), contextOf(same));
  return {
    flopsFactor: same.cost!.flops / shape,
    weight: 1,
    counts,
    reason: `the run counted the flops per token of ${scenario.model} itself (${same.id}); its bytes depend on batch and precision and stay`,
  };
}

export function buildBridge(
  crossing: Crossing,
  scenario: Scenario,
  without: RolloutReport,
  withRun: RolloutReport,
): BridgePart {
  const [before, after] = [without.headline.paired, withRun.headline.paired];
  const context = scenario.isl + scenario.osl / 2;
  return {
    ...crossing,
    fleetModel: {
      model: scenario.model,
      from: null,
      flopsPerToken: decodeFlops(architectureOf(scenario), context) * crossing.flopsFactor,
      bytesPerToken: null,
    },
    medianMoved: moved(before.p50, after.p50),
    widthMoved: moved(before.p90 - before.p10, after.p90 - after.p10),
    quantities: quantitiesOf(
      scenario,
      crossing.counts.map(({ from, model }) => ({ from: from ?? '', model })),
      crossing.weight === 1,
    ),
    staysHere: [
      'bandwidth and peak of this device',
      'share of the roofline reached',
      'time per dispatch',
      'tokens/s of this device',
    ],
  };
}

/** 0 where both are nothing. */
function moved(before: number, after: number): number {
  return before === after ? 0 : after / before - 1;
}

function countedRows(result: ResultFile): Row[] {
  const rows = new Map<string, Row>();
  for (const session of result.sessions) for (const row of session.rows) if (counts(row)) rows.set(row.id, row);
  return [...rows.values()];
}

function countOf({ id, cost }: Row): TokenCount {
  return {
    model: parseCaseId(id).path.split('/').at(-1)!,
    from: id,
    flopsPerToken: cost!.flops,
    bytesPerToken: cost!.bytes,
  };
}

function counts(row: Row): boolean {
  return (
    row.kind === 'decoder' && row.state === 'ok' && row.verification?.state === 'passed' && (row.cost?.flops ?? 0) > 0
  );
}

/** Mean context over the tokens the row generated; 0 where its id names no lengths. */
function contextOf({ id }: Row): number {
  const { prompt, new: generated } = parseCaseId(id).params;
  return Number(prompt ?? 0) + Number(generated ?? 0) / 2;
}
