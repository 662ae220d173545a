// The fronts of GPUs alone and of each way of pairing, at medians: tokens/s per MW of site power over tokens/s/user. Knows no fleet.
import { offerAt, siteInput } from './fleet-of-pairs.ts';
import { MODES, type Mode } from './modes.ts';
import { tokensPerJoule, type Unit } from './search.ts';
import { rubinSite } from './site.ts';
import type { Study } from './study.ts';

/** tokens/s/user at which the fronts are shown. */
const FRONT = [25, 50, 100, 150, 200, 300, 400, 600, 800, 1200, 2000] as const;

export interface FrontRow {
  readonly tokensPerUser: number;
  /** tokens/s per MW of site power at medians; null: not that fast. */
  readonly alone: number | null;
  readonly modes: Readonly<Record<Mode, number | null>>;
  readonly fallenOff: boolean;
}

export function pairingFront(study: Study): FrontRow[] {
  return FRONT.map((tokensPerUser) => frontRow(study, tokensPerUser));
}

/** The best mode's tokens/s per MW; null where none is that fast. */
export function bestPaired({ modes }: FrontRow): number | null {
  const known = MODES.flatMap((mode) => modes[mode] ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

function frontRow({ settings, parameters, median }: Study, tokensPerUser: number): FrontRow {
  const site = rubinSite(siteInput(settings, parameters), median);
  const offer = offerAt(site, settings, tokensPerUser);
  const perMegawatt = (unit: Unit | null): number | null => unit && 1e6 * tokensPerJoule(site, unit);
  return {
    tokensPerUser,
    alone: perMegawatt(offer.alone),
    modes: Object.fromEntries(MODES.map((mode) => [mode, perMegawatt(offer.paired[mode])])) as FrontRow['modes'],
    fallenOff: offer.fallenOff,
  };
}
