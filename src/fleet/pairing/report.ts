// The pairing study as plain data: conditions, each mode, the fleet three ways, the front, tiers, counterfactuals, readings,
// every figure with its interval and sources. Knows no formatting.
import type { Constant } from '../catalogue.ts';
import type { Figure, FigureUnit } from '../figure.ts';
import type { Calibration } from '../serving/calibrate.ts';
import { READINGS, type Reading } from '../share-reading.ts';
import { COUNTERFACTUALS, type Counterfactual, insteadOfAttached, SPEC_SPREAD } from './counterfactual.ts';
import {
  type FleetOfPairs,
  fleetOfPairs,
  perGpu,
  serveAt,
  solvedRatio,
  type TierOutcome,
  tiersOf,
} from './fleet-of-pairs.ts';
import { type FrontRow, pairingFront } from './front.ts';
import { MODES, type Mode } from './modes.ts';
import { tokensPerJoule } from './search.ts';
import { checkPairing, type PairingSettings, TIER_IDS } from './settings.ts';
import { DRAWS, Study } from './study.ts';

export interface ModeOutcome {
  readonly mode: Mode;
  /** Share of draws in which the mode is fast enough; the figures are over those alone, null when there are none. */
  readonly reach: number;
  readonly racksPerNvl72: Figure | null;
  readonly tokensPerSecondPerMegawatt: Figure | null;
  /** Per attached GPU. */
  readonly tokensPerGpu: Figure | null;
  /** Over GPUs alone at equal power; null where GPUs alone are not fast enough. */
  readonly gain: Figure | null;
}

export interface PairingReport {
  readonly schema: 'fleetmark.fleet-pairing';
  readonly schemaVersion: 1;
  readonly settings: PairingSettings;
  readonly draws: number;
  /** GPUs alone: share of draws in which they are fast enough, and tokens/s per MW over those. */
  readonly aloneReach: number;
  readonly alone: Figure | null;
  readonly modes: readonly ModeOutcome[];
  /** Share of draws in which the GPU front has fallen off at the asked tokens/s/user, so that LPX is used. */
  readonly fallenOffShare: number;
  readonly fleet: {
    readonly attachedShare: Figure;
    readonly racks: Figure;
    readonly racksPerNvl72: Figure;
    readonly gpuWatts: Figure;
    readonly lpxWatts: Figure;
    readonly unpaired: Figure;
    readonly equalPower: Figure;
    readonly equalCount: Figure;
    readonly equalSpend: Figure | null;
    /** Equal power, draw by draw; null where GPUs alone serve nothing. */
    readonly ratio: Figure | null;
  };
  /** The same fleet under each denominator of the share. */
  readonly readings: readonly {
    readonly reading: Reading;
    readonly attachedShare: Figure;
    readonly racks: Figure;
    readonly equalPower: Figure;
  }[];
  readonly front: readonly FrontRow[];
  readonly tiers: readonly {
    readonly id: string;
    readonly tokensPerUser: number;
    readonly powerShare: number;
    readonly unpaired: Figure;
    readonly paired: Figure;
    /** Share of draws in which pairing serves a part of the tier. */
    readonly pairedIn: number;
  }[];
  /** The share is read as of the Rubins here. The ratio is null where GPUs alone serve nothing. */
  readonly allTiers: { readonly unpaired: Figure; readonly paired: Figure; readonly ratio: Figure | null };
  readonly counterfactuals: readonly {
    readonly chip: Counterfactual;
    readonly specificationOnly: boolean;
    readonly equalPower: Figure;
  }[];
  /** Ids of sources in use that nobody but their vendor has confirmed. */
  readonly vendorClaims: readonly string[];
  readonly sources: readonly Constant[];
}

/** Throws a UserError for settings out of range or an unknown model. */
export function buildPairingReport(asked: PairingSettings, calibration: Calibration, draws = DRAWS): PairingReport {
  const settings = checkPairing(asked);
  const study = new Study(settings, calibration, draws);
  const { parameters } = study;
  const served = study.draw((values) => serveAt(settings, parameters, values));
  const fleets = served.map((draw) => fleetOfPairs(settings, draw));
  const tiers = study.draw((values) => tiersOf(settings, parameters, values));
  return {
    schema: 'fleetmark.fleet-pairing',
    schemaVersion: 1,
    settings,
    draws,
    aloneReach: fleets.filter(({ offer }) => offer.alone).length / fleets.length,
    alone: study.maybe(
      fleets.flatMap(({ offer, site }) => (offer.alone ? [1e6 * tokensPerJoule(site, offer.alone)] : [])),
      'tokens/s',
      study.gpuIds,
    ),
    modes: MODES.map((mode) => modeOutcome(study, fleets, mode)),
    fallenOffShare: fleets.filter(({ offer }) => offer.fallenOff).length / fleets.length,
    fleet: fleetPart(study, fleets),
    readings: (Object.keys(READINGS) as Reading[]).map((reading) => {
      const part = fleetPart(
        study,
        served.map((draw) => fleetOfPairs({ ...settings, reading }, draw)),
      );
      return { reading, attachedShare: part.attachedShare, racks: part.racks, equalPower: part.equalPower };
    }),
    front: pairingFront(study),
    tiers: tierRows(study, tiers),
    allTiers: allTiers(study, tiers),
    counterfactuals: (Object.keys(COUNTERFACTUALS) as Counterfactual[]).map((chip) => ({
      chip,
      specificationOnly: true,
      equalPower: study.figure(
        study.draw((values, i) => insteadOfAttached(chip, settings, parameters, fleets[i]!, values)),
        'tokens/s',
        [...study.gpuIds, COUNTERFACTUALS[chip], SPEC_SPREAD],
      ),
    })),
    vendorClaims: study.sources.filter(({ basis }) => basis === 'vendor-claim').map(({ id }) => id),
    sources: study.sources,
  };
}

function fleetPart(study: Study, fleets: readonly FleetOfPairs[]): PairingReport['fleet'] {
  const figure = (pick: (fleet: FleetOfPairs) => number, unit: FigureUnit, ids = study.allIds): Figure =>
    study.figure(fleets.map(pick), unit, ids);
  return {
    attachedShare: figure((fleet) => fleet.attachedShare, '1'),
    racks: figure((fleet) => fleet.racks, 'racks'),
    racksPerNvl72: figure((fleet) => fleet.racksPerNvl72, '1'),
    gpuWatts: figure((fleet) => fleet.gpuWatts, 'W', study.gpuIds),
    lpxWatts: figure((fleet) => fleet.lpxWatts, 'W'),
    unpaired: figure((fleet) => fleet.unpaired, 'tokens/s', study.gpuIds),
    equalPower: figure((fleet) => fleet.equalPower, 'tokens/s'),
    equalCount: figure((fleet) => fleet.equalCount, 'tokens/s'),
    equalSpend: fleets[0]!.equalSpend === null ? null : figure((fleet) => fleet.equalSpend!, 'tokens/s'),
    ratio: study.maybe(
      fleets.flatMap((fleet) => (fleet.unpaired > 0 ? [fleet.equalPower / fleet.unpaired] : [])),
      '1',
      study.allIds,
    ),
  };
}

function modeOutcome(study: Study, fleets: readonly FleetOfPairs[], mode: Mode): ModeOutcome {
  const able = fleets.flatMap(({ offer, site }) => {
    const unit = offer.paired[mode];
    return unit ? [{ unit, site, alone: offer.alone }] : [];
  });
  const maybe = (outcomes: readonly number[], unit: FigureUnit): Figure | null =>
    study.maybe(outcomes, unit, study.allIds);
  return {
    mode,
    reach: able.length / fleets.length,
    racksPerNvl72: maybe(
      able.map(({ unit }) => solvedRatio(unit)),
      '1',
    ),
    tokensPerSecondPerMegawatt: maybe(
      able.map(({ unit, site }) => 1e6 * tokensPerJoule(site, unit)),
      'tokens/s',
    ),
    tokensPerGpu: maybe(
      able.map(({ unit }) => perGpu(unit)),
      'tokens/s',
    ),
    gain: maybe(
      able.flatMap(({ unit, alone, site }) =>
        alone ? [tokensPerJoule(site, unit) / tokensPerJoule(site, alone)] : [],
      ),
      '1',
    ),
  };
}

function tierRows(study: Study, draws: readonly (readonly TierOutcome[])[]): PairingReport['tiers'] {
  return draws[0]!.map(({ id, tokensPerUser }, i) => {
    const paired = draws.flatMap((tiers) => (tiers[i]!.pairedShare > 0 ? [tiers[i]!] : []));
    return {
      id,
      tokensPerUser,
      powerShare: study.settings.tiers[i]!,
      unpaired: study.figure(
        draws.map((tiers) => tiers[i]!.unpaired),
        'tokens/s',
        [...study.gpuIds, id],
      ),
      paired: study.figure(
        draws.map((tiers) => tiers[i]!.paired),
        'tokens/s',
        [...study.allIds, id],
      ),
      pairedIn: paired.length / draws.length,
    };
  });
}

function allTiers(study: Study, draws: readonly (readonly TierOutcome[])[]): PairingReport['allTiers'] {
  const sum = (tiers: readonly TierOutcome[], key: 'unpaired' | 'paired'): number =>
    tiers.reduce((a, tier) => a + tier[key], 0);
  return {
    unpaired: study.figure(
      draws.map((tiers) => sum(tiers, 'unpaired')),
      'tokens/s',
      [...study.gpuIds, ...TIER_IDS],
    ),
    paired: study.figure(
      draws.map((tiers) => sum(tiers, 'paired')),
      'tokens/s',
      [...study.allIds, ...TIER_IDS],
    ),
    ratio: study.maybe(
      draws.flatMap((tiers) => (sum(tiers, 'unpaired') > 0 ? [sum(tiers, 'paired') / sum(tiers, 'unpaired')] : [])),
      '1',
      [...study.allIds, ...TIER_IDS],
    ),
  };
}
