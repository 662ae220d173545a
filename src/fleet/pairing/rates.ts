// What one GPU of each generation gives at a workload, and a Rubin with LPX beside it, once for each way the serving model may be
// wrong: the only rates that the rollout and the fleet's headline know. Knows no deliveries.
import type { Calibration } from '../serving/calibrate.ts';
import { attach, BLACKWELL_CHIP, offerAt, perGpu, siteInput } from './fleet-of-pairs.ts';
import { bestGpuUnit, type Mode } from './modes.ts';
import { checkPairing, type PairingSettings } from './settings.ts';
import { olderSite, rubinSite } from './site.ts';
import { Study } from './study.ts';

export const BLACKWELL_ULTRA_CHIP = 'GB300';

/** One entry a row, all equally likely; tokens/s of one GPU, 0 where it is not that fast. */
export interface Rates {
  readonly older: Float64Array;
  readonly middle: Float64Array;
  readonly newer: Float64Array;
  /** Of a Rubin with LPX beside it; at least `newer`. */
  readonly attached: Float64Array;
  readonly racksPerNvl72: Float64Array;
  /** Share of rows in which the GPU front has fallen off, so that LPX is used; and how often each mode is the one. */
  readonly fallenOff: number;
  readonly modes: Readonly<Partial<Record<Mode, number>>>;
  readonly study: Study;
}

/**
 * Row by row, so that who draws can pause between them. Power decides which unit is best, but its own uncertainty is drawn with the sites': it is taken at its median here, as an
 * operator who plans a site would.
 */
export function* ratesRowByRow(
  asked: PairingSettings,
  calibration: Calibration,
  rows: number,
): Generator<undefined, Rates> {
  const settings = checkPairing(asked);
  const study = new Study(settings, calibration, rows);
  const { parameters } = study;
  const input = siteInput(settings, parameters);
  const empty = (): Float64Array => new Float64Array(rows);
  const rates = { older: empty(), middle: empty(), newer: empty(), attached: empty(), racksPerNvl72: empty() };
  const modes: Partial<Record<Mode, number>> = {};
  let fallenOff = 0;
  for (let i = 0; i < rows; i++) {
    const values = (id: string): number => (id.startsWith('power/') ? study.median(id) : study.drawn(id, i));
    const site = rubinSite(input, values);
    const offer = offerAt(site, settings, settings.tokensPerUser);
    const alone = offer.alone ? perGpu(offer.alone) : 0;
    const { attachedRate, ratio } = attach(offer, settings.racksPerNvl72, alone);
    const older = (chip: string): number => {
      const unit = bestGpuUnit(olderSite(input, values, chip, values('power/blackwell-kw')), settings.tokensPerUser);
      return unit ? perGpu(unit) : 0;
    };
    rates.older[i] = older(BLACKWELL_CHIP);
    rates.middle[i] = older(BLACKWELL_ULTRA_CHIP);
    rates.newer[i] = alone;
    rates.attached[i] = attachedRate;
    rates.racksPerNvl72[i] = ratio;
    if (offer.fallenOff) fallenOff++;
    if (offer.chosen) modes[offer.chosen.mode] = (modes[offer.chosen.mode] ?? 0) + 1;
    yield undefined;
  }
  return { ...rates, fallenOff: fallenOff / rows, modes, study };
}
