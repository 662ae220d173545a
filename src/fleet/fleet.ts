// Part (b): N GPUs from datacenter measurements and published specifications, with and without LPX, as 80 % intervals.
// Nothing of a local run enters but counted work, and that only through its own argument.
import { type Capacity, racksPerReplica } from './capacity.ts';
import { BLACKWELL, findConstant, findModel, RUBIN } from './catalogue.ts';
import { type Check, checkInterpolation, checkTransfer } from './checks.ts';
import type { Figure } from './figure.ts';
import { fallOff, rangeOf, type Workload } from './front.ts';
import type { FleetSettings } from './settings.ts';
import { type Reading, readingNamed } from './share-reading.ts';
import {
  capacities,
  createSimulation,
  figureOf,
  medianCapacity,
  POINTS_SOURCE,
  type Simulation,
} from './simulation.ts';
import type { CountedWork } from './work.ts';

/** Everything a fleet figure must name beside its value. */
interface FleetConditions extends Workload {
  readonly tokensPerUser: number;
  readonly prefixCacheHitRate: 0;
  readonly tokensCounted: 'output tokens';
  readonly gpusCounted: 'packages';
  /** Largest time to first token of a measured point taken as serving, ms. */
  readonly ttftLimitMs: number;
  readonly gpus: number;
  readonly share: number;
  /** What the share is a share of. */
  readonly reading: Reading;
  /** When a fleet of this size is to be complete. */
  readonly by: string;
}

export interface Comparison {
  readonly unpaired: Figure;
  readonly paired: Figure;
  /** paired / unpaired draw by draw; narrower than the two intervals suggest, because both see the same draws. */
  readonly ratio: Figure;
}

interface InteractivityRow {
  readonly tokensPerUser: number;
  readonly equalPower: Comparison;
}

export interface FleetPart {
  readonly conditions: FleetConditions;
  /** tokens/s of one working GPU. */
  readonly perGpu: { readonly blackwell: Figure; readonly rubin: Figure };
  readonly rubinGpus: Figure;
  /** Factor on an attached Rubin's rate. */
  readonly lift: Figure;
  readonly lpxRacks: Figure;
  readonly lpxRacksPerReplica: number;
  /** Site power of all GPUs, and of the LPX racks beside them at equal GPU count. */
  readonly power: { readonly gpus: Figure; readonly lpx: Figure };
  readonly equalPower: Comparison;
  /** GPUs that fit beside their LPX racks in the power that all GPUs take without LPX. */
  readonly gpusEqualPower: Figure;
  readonly equalCount: Comparison;
  readonly utilisation: Figure;
  /** Capacity × utilisation at equal site power. */
  readonly served: { readonly unpaired: Figure; readonly paired: Figure };
  readonly byInteractivity: readonly InteractivityRow[];
  readonly measuredRange: { readonly lo: number; readonly hi: number };
  /** tokens/s/user where the measured GPU front falls off; null when it does not within its range. */
  readonly fallOff: number | null;
  /** Lowest tokens/s/user at which pairing does not lose at medians and equal power; null when there is none in range. */
  readonly breakEven: number | null;
  readonly checks: { readonly interpolation: Check; readonly transfer: Check };
}

const GPU_POWER = ['fleet/rubin-share', 'power/blackwell-kw', 'power/rubin-kw'];
const LPX_RACKS = ['fleet/rubin-share', 'lpx/racks-per-nvl72', 'nvl72/gpus', 'lpx/rack-sram-gb'];
const LPX_POWER = [...LPX_RACKS, 'power/lpx-rack-kw', 'power/pue'];
const WORKING = ['fleet/availability', 'fleet/spare'];

export function buildFleet(settings: FleetSettings, counted: CountedWork | null): FleetPart {
  const simulation = createSimulation(settings, counted);
  const { front } = simulation.plan;
  const user = settings['user-rate'];
  const at = capacities(simulation, user);
  const ids = sourcesOf(simulation, user);
  const figure = (pick: (c: Capacity, i: number) => number, unit: Figure['unit'], from: readonly string[]): Figure =>
    figureOf(simulation, at.map(pick), unit, from);
  const used = simulation.draws['fleet/utilisation']!;
  const servedFrom = (from: readonly string[]): string[] => [...from, 'fleet/utilisation'];
  return {
    conditions: conditionsOf(settings, front.workload),
    perGpu: {
      blackwell: figure((c) => c.blackwellRate, 'tokens/s', ids.blackwell),
      rubin: figure((c) => c.rubinRate, 'tokens/s', ids.rubin),
    },
    rubinGpus: figure((c) => c.rubinGpus, 'GPUs', ['fleet/rubin-share']),
    lift: figure((c) => c.lift, '1', ids.lift),
    lpxRacks: figure((c) => c.lpxRacks, 'racks', LPX_RACKS),
    lpxRacksPerReplica: racksPerReplica(settings.model),
    power: {
      gpus: figure((c) => c.gpuWatts, 'W', GPU_POWER),
      lpx: figure((c) => c.lpxWatts, 'W', LPX_POWER),
    },
    equalPower: compare(simulation, at, 'pairedEqualPower', ids.unpaired, ids.pairedEqualPower),
    gpusEqualPower: figure((c) => c.gpusEqualPower, 'GPUs', [...GPU_POWER, ...LPX_POWER]),
    equalCount: compare(simulation, at, 'pairedEqualCount', ids.unpaired, ids.pairedEqualCount),
    utilisation: figure((_, i) => used[i]!, '1', ['fleet/utilisation']),
    served: {
      unpaired: figure((c, i) => c.unpaired * used[i]!, 'tokens/s', servedFrom(ids.unpaired)),
      paired: figure((c, i) => c.pairedEqualPower * used[i]!, 'tokens/s', servedFrom(ids.pairedEqualPower)),
    },
    byInteractivity: ladder(rangeOf(front)).map((rung) => interactivityRow(simulation, rung)),
    measuredRange: rangeOf(front),
    fallOff: fallOff(front),
    breakEven: findBreakEven(simulation),
    checks: { interpolation: checkInterpolation(settings.model), transfer: checkTransfer(settings.model) },
  };
}

function conditionsOf(settings: FleetSettings, workload: Workload): FleetConditions {
  return {
    ...workload,
    tokensPerUser: settings['user-rate'],
    prefixCacheHitRate: 0,
    tokensCounted: 'output tokens',
    gpusCounted: 'packages',
    ttftLimitMs: findConstant('serving/ttft-limit-ms').value,
    gpus: settings.gpus,
    share: settings.share,
    reading: readingNamed(settings.reading),
    by: 'Q4 2027',
  };
}

function interactivityRow(simulation: Simulation, tokensPerUser: number): InteractivityRow {
  const at = capacities(simulation, tokensPerUser);
  const ids = sourcesOf(simulation, tokensPerUser);
  return {
    tokensPerUser,
    equalPower: compare(simulation, at, 'pairedEqualPower', ids.unpaired, ids.pairedEqualPower),
  };
}

function compare(
  simulation: Simulation,
  at: readonly Capacity[],
  paired: 'pairedEqualPower' | 'pairedEqualCount',
  unpairedFrom: readonly string[],
  pairedFrom: readonly string[],
): Comparison {
  const figure = (pick: (c: Capacity) => number, unit: Figure['unit'], from: readonly string[]): Figure =>
    figureOf(simulation, at.map(pick), unit, from);
  return {
    unpaired: figure((c) => c.unpaired, 'tokens/s', unpairedFrom),
    paired: figure((c) => c[paired], 'tokens/s', pairedFrom),
    ratio: figure((c) => c[paired] / c.unpaired, '1', pairedFrom),
  };
}

/** Which sources each figure rests on, at one tokens/s/user. */
function sourcesOf({ plan }: Simulation, tokensPerUser: number) {
  const { model, precision } = plan.front.workload;
  const edge = fallOff(plan.front);
  const lifted = plan.share > 0 && edge !== null && tokensPerUser > edge;
  const blackwell = [POINTS_SOURCE, 'rate/measurement-spread', 'serving/ttft-limit-ms'];
  const work = [model, BLACKWELL, RUBIN, `work/bytes-${precision}`, 'work/bytes-fp8', 'rubin/flops-reading'];
  const rubin = [...new Set([...blackwell, ...work, findModel(model).transfer])];
  const lift = lifted ? ['serving/fall-off-slope', 'lpx/interactivity-gain'] : ['serving/fall-off-slope'];
  const unpaired = [...rubin, 'fleet/rubin-share', ...WORKING];
  // Every other denominator turns the share into Rubins by way of racks or rates.
  const attached = plan.reading === 'rubins' ? [] : LPX_RACKS;
  const paired = plan.share > 0 ? [...new Set([...unpaired, ...lift, ...attached])] : unpaired;
  const power = plan.share > 0 ? [...GPU_POWER, ...LPX_POWER] : [];
  return {
    blackwell,
    rubin,
    lift,
    unpaired,
    pairedEqualCount: paired,
    pairedEqualPower: [...new Set([...paired, ...power])],
  };
}

/** Up to five tokens/s/user over the measured range, ends included, in equal steps of ratio. */
function ladder({ lo, hi }: { lo: number; hi: number }): number[] {
  if (lo === hi) return [lo];
  return [0, 1, 2, 3, 4].map((i) => (i === 4 ? hi : lo * (hi / lo) ** (i / 4)));
}

const BREAK_EVEN_STEPS = 400;

/** Scans the range at medians, finely enough to be right to a per cent. */
function findBreakEven(simulation: Simulation): number | null {
  const { lo, hi } = rangeOf(simulation.plan.front);
  if (simulation.plan.share === 0) return null;
  for (let i = 0; i <= BREAK_EVEN_STEPS; i++) {
    const user = i === BREAK_EVEN_STEPS ? hi : lo * (hi / lo) ** (i / BREAK_EVEN_STEPS);
    const { pairedEqualPower, unpaired } = medianCapacity(simulation, user);
    if (pairedEqualPower >= unpaired) return user;
  }
  return null;
}
