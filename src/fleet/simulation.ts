// One Monte Carlo of a fleet: which constants enter, their draws, and figures out of what every draw gives.
// Knows the settings and the arithmetic's interface, not what the figures are for.

import { type Capacity, createEvaluator, type FleetPlan } from './capacity.ts';
import { BLACKWELL, CONSTANTS, type Constant, findConstant, findModel, RUBIN } from './catalogue.ts';
import { DRAWS, type Draws, drawConstants, spreadOf } from './draws.ts';
import { type Basis, type Figure, type FigureUnit, weakestBasis } from './figure.ts';
import { buildFront } from './front.ts';
import { FLEET_SETTINGS, type FleetSettingName, type FleetSettings, type SettingSpec } from './settings.ts';
import { readingNamed } from './share-reading.ts';
import type { CountedWork } from './work.ts';

export interface Simulation {
  readonly settings: FleetSettings;
  readonly plan: FleetPlan;
  /** Every constant that enters; one that the settings fix carries basis `given` through `givenIds`. */
  readonly constants: readonly Constant[];
  readonly given: Readonly<Record<string, number>>;
  readonly draws: Draws;
}

/** Id of the measured points in a report's source list. */
export const POINTS_SOURCE = 'points';

export function createSimulation(settings: FleetSettings, counted: CountedWork | null): Simulation {
  const { model, precision, isl, osl } = settings;
  const front = buildFront(BLACKWELL, { model, precision: precision === 'fp4' ? 'fp4' : 'fp8', isl, osl });
  const { transfer } = findModel(model);
  const constants = CONSTANTS.filter(({ id }) => !id.startsWith('transfer/') || id === transfer);
  const given = givenValues(settings);
  return {
    settings,
    plan: { gpus: settings.gpus, share: settings.share, reading: readingNamed(settings.reading), front, counted },
    constants,
    given,
    draws: drawConstants(constants, settings.seed, given),
  };
}

/** The fleet at one tokens/s/user, once per draw. */
export function capacities({ plan, draws }: Simulation, tokensPerUser: number): Capacity[] {
  const evaluate = createEvaluator(plan, tokensPerUser);
  return Array.from({ length: DRAWS }, (_, i) => evaluate((id) => draws[id]![i]!));
}

/** The fleet with every constant at its median. */
export function medianCapacity({ plan, given }: Simulation, tokensPerUser: number): Capacity {
  return createEvaluator(plan, tokensPerUser)((id) => given[id] ?? findConstant(id).value);
}

/** Median and 80 % interval of one outcome a draw; `ids` are the sources it came from, and give its basis. */
export function figureOf(
  simulation: Simulation,
  outcomes: readonly number[],
  unit: FigureUnit,
  ids: readonly string[],
): Figure {
  const bases = ids.map((id) => basisOf(simulation, id));
  return { ...spreadOf(Float64Array.from(outcomes)), unit, basis: weakestBasis(bases), sources: ids };
}

function basisOf({ constants, given }: Simulation, id: string): Basis {
  if (id in given) return 'given';
  if (id === POINTS_SOURCE) return 'interpolated';
  if (id === RUBIN) return 'predicted';
  return constants.find((constant) => constant.id === id)?.basis ?? 'published';
}

function givenValues(settings: FleetSettings): Record<string, number> {
  const given: Record<string, number> = {};
  for (const [name, spec] of Object.entries(FLEET_SETTINGS) as [FleetSettingName, SettingSpec][]) {
    const value = settings[name];
    if (spec.type === 'prior' && typeof value === 'number') given[spec.constant] = value;
  }
  return given;
}
