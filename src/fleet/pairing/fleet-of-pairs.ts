// A fleet with a share of its Rubins paired, for one value of everything uncertain: at equal GPU count, equal site power and
// equal spend, at one tokens/s/user and over tiers. Knows units, not how they came about.
import { constantValue } from '../catalogue.ts';
import type { Parameters } from '../serving/parameters.ts';
import { attachedShare } from '../share-reading.ts';
import { bestGpuUnit, bestPairedUnit, MODES, type Mode } from './modes.ts';
import { gpusOf, type Site, tokensPerJoule, type Unit } from './search.ts';
import { modelOf, type PairingSettings, TIER_IDS } from './settings.ts';
import { olderSite, rubinSite, type SiteInput } from './site.ts';

export const BLACKWELL_CHIP = 'GB200';
/** Step of the finite difference by which the front's slope is taken. */
const SLOPE_STEP = 1.1;

export type Values = (id: string) => number;

/** What serves at one tokens/s/user, and how well. */
export interface Offer {
  readonly tokensPerUser: number;
  /** null: GPUs alone are not that fast. */
  readonly alone: Unit | null;
  /** By mode; null: the mode is not that fast. */
  readonly paired: Readonly<Record<Mode, Unit | null>>;
  /** The mode in use, and its unit; null where none is fast enough. */
  readonly chosen: { readonly mode: Mode; readonly unit: Unit } | null;
  /** Whether the GPU front has fallen off here, so that LPX is used at all. */
  readonly fallenOff: boolean;
}

export function siteInput(settings: PairingSettings, parameters: Parameters): SiteInput {
  const { precision, isl, osl, cacheHit, speculation, flopsFactor } = settings;
  return { model: modelOf(settings), precision, lengths: { isl, osl, cacheHit }, parameters, speculation, flopsFactor };
}

export function offerAt(site: Site, settings: PairingSettings, tokensPerUser: number): Offer {
  const { alone, fallenOff } = aloneAt(site, tokensPerUser);
  const paired = Object.fromEntries(
    MODES.map((mode) => [mode, bestPairedUnit(site, mode, tokensPerUser)]),
  ) as Offer['paired'];
  const open = MODES.filter((mode) => paired[mode] && (settings.mode === 'best' || settings.mode === mode));
  const by = (mode: Mode): number => tokensPerJoule(site, paired[mode]!);
  const mode = open.reduce<Mode | null>((best, next) => (best === null || by(next) > by(best) ? next : best), null);
  return {
    tokensPerUser,
    alone,
    paired,
    chosen: mode && { mode, unit: paired[mode]! },
    fallenOff,
  };
}

function aloneAt(site: Site, tokensPerUser: number): Pick<Offer, 'alone' | 'fallenOff'> {
  const alone = bestGpuUnit(site, tokensPerUser);
  const limit = constantValue('serving/fall-off-slope');
  return { alone, fallenOff: alone === null || slopeAt(site, tokensPerUser, alone) < limit };
}

/** d log(tokens/s/GPU) / d log(tokens/s/user) of GPUs alone, towards the slower side. */
function slopeAt(site: Site, tokensPerUser: number, alone: Unit): number {
  const slower = bestGpuUnit(site, tokensPerUser / SLOPE_STEP);
  return slower ? Math.log(perGpu(alone) / perGpu(slower)) / Math.log(SLOPE_STEP) : 0;
}

export function perGpu(unit: Unit): number {
  return unit.tokensPerSecond / gpusOf(unit);
}

/** LPX racks per NVL72 rack that the unit's rates match at. */
export function solvedRatio(unit: Unit): number {
  return (unit.racks * constantValue('nvl72/gpus')) / gpusOf(unit);
}

/** What serves at the asked tokens/s/user and how many GPUs there are: everything that a switch of the share leaves alone. */
export interface Served {
  readonly site: Site;
  readonly offer: Offer;
  /** tokens/s of one GPU; 0 where it is not that fast. */
  readonly blackwellRate: number;
  readonly rubinRate: number;
  readonly rubins: number;
  readonly blackwells: number;
  readonly gpuWatts: number;
}

export function serveAt(settings: PairingSettings, parameters: Parameters, values: Values): Served {
  const input = siteInput(settings, parameters);
  const site = rubinSite(input, values);
  const offer = offerAt(site, settings, settings.tokensPerUser);
  const blackwell = bestGpuUnit(
    olderSite(input, values, BLACKWELL_CHIP, values('power/blackwell-kw')),
    settings.tokensPerUser,
  );
  const rubins = settings.gpus * values('fleet/rubin-share');
  const blackwells = settings.gpus - rubins;
  return {
    site,
    offer,
    blackwellRate: blackwell ? perGpu(blackwell) : 0,
    rubinRate: offer.alone ? perGpu(offer.alone) : 0,
    rubins,
    blackwells,
    gpuWatts: 1000 * blackwells * values('power/blackwell-kw') + rubins * site.wattsPerGpu,
  };
}

export interface FleetOfPairs extends Served {
  /** tokens/s of one attached Rubin with its LPX. */
  readonly attachedRate: number;
  /** Of the Rubins, after the reading of the share. */
  readonly attachedShare: number;
  readonly racksPerNvl72: number;
  readonly racks: number;
  readonly lpxWatts: number;
  readonly unpaired: number;
  readonly equalCount: number;
  readonly equalPower: number;
  /** null without prices. */
  readonly equalSpend: number | null;
}

export function fleetOfPairs(settings: PairingSettings, served: Served): FleetOfPairs {
  const { offer, site, rubins, blackwells, rubinRate, blackwellRate, gpuWatts } = served;
  const { attachedRate, ratio } = attach(offer, settings.racksPerNvl72, rubinRate);
  const share = attachedShare(settings.share, settings.reading, { ...served, racksPerNvl72: ratio, attachedRate });
  const racks = (share * rubins * ratio) / constantValue('nvl72/gpus');
  const lpxWatts = racks * site.wattsPerRack;
  const unpaired = blackwells * blackwellRate + rubins * rubinRate;
  const equalCount = unpaired + share * rubins * (attachedRate - rubinRate);
  return {
    ...served,
    attachedRate,
    attachedShare: share,
    racksPerNvl72: ratio,
    racks,
    lpxWatts,
    unpaired,
    equalCount,
    equalPower: equalCount * (gpuWatts / (gpuWatts + lpxWatts)),
    equalSpend: equalSpend(settings, equalCount, racks),
  };
}

/** tokens/s of an attached GPU. Fewer racks than match leave a part of the GPUs to serve alone; more stand idle. */
export function attach(
  offer: Offer,
  asked: number | null,
  alone: number,
): { readonly attachedRate: number; readonly ratio: number } {
  if (!offer.chosen) return { attachedRate: alone, ratio: asked ?? 0 };
  const solved = solvedRatio(offer.chosen.unit);
  const ratio = asked ?? solved;
  const matched = Math.min(1, ratio / solved);
  const paired = matched * perGpu(offer.chosen.unit) + (1 - matched) * alone;
  return { attachedRate: offer.fallenOff ? Math.max(alone, paired) : alone, ratio };
}

function equalSpend({ gpus, gpuUsd, rackUsd }: PairingSettings, tokens: number, racks: number): number | null {
  if (gpuUsd === null || rackUsd === null) return null;
  return (tokens * gpus * gpuUsd) / (gpus * gpuUsd + racks * rackUsd);
}

export interface TierOutcome {
  readonly id: string;
  readonly tokensPerUser: number;
  /** tokens/s of this tier's power without LPX, and with the attached Rubins serving the fastest tiers first. */
  readonly unpaired: number;
  readonly paired: number;
  /** Share of the tier's power that paired GPUs and their LPX take. */
  readonly pairedShare: number;
}

/**
 * The Rubins' site power divided among tiers. The share that may have LPX is counted in GPUs and goes to the fastest tiers
 * first; a tier before the fall-off, or one that pairing serves worse per joule, stays on GPUs alone.
 */
export function tiersOf(settings: PairingSettings, parameters: Parameters, values: Values): TierOutcome[] {
  const site = rubinSite(siteInput(settings, parameters), values);
  const rubins = settings.gpus * values('fleet/rubin-share');
  let left = settings.share * rubins;
  const fastestFirst = TIER_IDS.map((id, i) => ({
    id,
    watts: settings.tiers[i]! * rubins * site.wattsPerGpu,
  })).reverse();
  return fastestFirst
    .map(({ id, watts }) => {
      const tokensPerUser = values(id);
      const { alone, fallenOff } = aloneAt(site, tokensPerUser);
      const unpaired = watts * (alone ? tokensPerJoule(site, alone) : 0);
      const unit = fallenOff ? offerAt(site, settings, tokensPerUser).chosen?.unit : undefined;
      const gain = unit ? watts * tokensPerJoule(site, unit) - unpaired : 0;
      if (!unit || gain <= 0) return { id, tokensPerUser, unpaired, paired: unpaired, pairedShare: 0 };
      const gpus = (watts * gpusOf(unit)) / (gpusOf(unit) * site.wattsPerGpu + unit.racks * site.wattsPerRack);
      const pairedShare = Math.min(1, left / gpus);
      left -= pairedShare * gpus;
      return { id, tokensPerUser, unpaired, paired: unpaired + pairedShare * gain, pairedShare };
    })
    .reverse();
}
