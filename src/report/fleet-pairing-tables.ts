// A pairing study's tables, for terminal and page alike. Formats what src/fleet/pairing computed; computes nothing.
import type { Figure } from '../fleet/figure.ts';
import { MODES, type Mode } from '../fleet/pairing/modes.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import { READINGS } from '../fleet/share-reading.ts';
import { withInterval } from './figure-text.ts';
import { plain } from './plain.ts';
import { formatQuantity, formatShare } from './units.ts';

export interface PairingTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly note?: string;
  /** Shown only when asked for, where space is short. */
  readonly aside?: boolean;
}

export const MODES_MEANT: Readonly<Record<Mode, string>> = {
  draft: 'a draft model on LPX, verified on GPUs',
  ffn: 'attention on GPUs, feed-forward layers on LPX, layer by layer',
  decode: 'prompts on GPUs, the whole decode on LPX',
};

export function pairingTables(report: PairingReport): PairingTable[] {
  return [modes(report), fleet(report), fronts(report), tiers(report), counterfactuals(report), readings(report)];
}

function modes({ modes: outcomes, alone, aloneReach }: PairingReport): PairingTable {
  const meant = MODES.map((mode) => `${mode}: ${MODES_MEANT[mode]}`);
  return {
    caption: 'Modes',
    head: ['', 'fast enough', 'tok/s per MW', 'LPX racks per NVL72', 'gain'],
    rows: [
      ['GPUs alone', formatShare(aloneReach), orDash(alone), '', ''],
      ...outcomes.map((outcome) => [
        outcome.mode,
        formatShare(outcome.reach),
        orDash(outcome.tokensPerSecondPerMegawatt),
        orDash(outcome.racksPerNvl72),
        orDash(outcome.gain),
      ]),
    ],
    note: `${meant.join('; ')}. Gain: over GPUs alone at equal power.`,
  };
}

function fleet({ fleet: f, settings }: PairingReport): PairingTable {
  const spend = f.equalSpend
    ? ['paired, equal spend (your prices)', shown(f.equalSpend)]
    : ['paired, equal spend', 'no price is published: give gpu-usd and lpx-rack-usd'];
  const racks = settings.racksPerNvl72 === null ? 'solved' : 'given';
  return {
    caption: 'The fleet',
    head: ['', ''],
    rows: [
      ['unpaired', shown(f.unpaired)],
      ['paired, equal site power', shown(f.equalPower)],
      ['paired / unpaired', orDash(f.ratio)],
      ['paired, equal GPU count', shown(f.equalCount)],
      ['  with LPX taking', `${shown(f.lpxWatts)} beside ${shown(f.gpuWatts)} of GPUs`],
      spend,
      ['Rubins attached', shown(f.attachedShare)],
      ['LPX racks', `${shown(f.racks)}, ${shown(f.racksPerNvl72)} per NVL72 (${racks})`],
    ],
  };
}

function fronts({ front }: PairingReport): PairingTable {
  const value = (x: number | null): string => (x === null ? '–' : formatQuantity(x, 'tokens/s'));
  return {
    caption: 'Fronts: tokens/s per MW of site power at medians (* the GPU front has fallen off)',
    aside: true,
    head: ['tok/s/user', 'GPUs alone', ...MODES],
    rows: front.map((row) => [
      `${row.tokensPerUser}${row.fallenOff ? ' *' : ''}`,
      value(row.alone),
      ...MODES.map((mode) => value(row.modes[mode])),
    ]),
  };
}

function tiers({ tiers: all, allTiers }: PairingReport): PairingTable {
  return {
    caption: 'Demand by tier: the Rubins at equal site power, paired ones on the fastest tiers',
    aside: true,
    head: ['', 'tok/s/user', 'power', 'unpaired', 'paired', 'in draws'],
    rows: [
      ...all.map((tier) => [
        tier.id.replace('tier/', ''),
        plain(tier.tokensPerUser),
        formatShare(tier.powerShare),
        shown(tier.unpaired),
        shown(tier.paired),
        formatShare(tier.pairedIn),
      ]),
      ['all', '', '', shown(allTiers.unpaired), shown(allTiers.paired), ''],
    ],
    note: `All tiers, paired / unpaired: ${orDash(allTiers.ratio)}`,
  };
}

function counterfactuals({ counterfactuals: others, fleet: f }: PairingReport): PairingTable {
  return {
    caption: "The attached Rubins' site power spent otherwise",
    head: ['', 'tokens/s at equal site power'],
    rows: [
      ['Rubin and LPX (paired)', shown(f.equalPower)],
      ['Rubin alone (no LPX)', shown(f.unpaired)],
      ...others.map(({ chip, equalPower }) => [`${chip} (specification only)`, shown(equalPower)]),
    ],
  };
}

function readings({ readings: all, settings }: PairingReport): PairingTable {
  const meant = Object.entries(READINGS).map(([reading, what]) => `${reading}: ${formatShare(settings.share)} ${what}`);
  return {
    caption: `What "${formatShare(settings.share)}" may be a share of (* as set)`,
    aside: true,
    head: ['', 'Rubins attached', 'LPX racks', 'equal site power'],
    rows: all.map(({ reading, attachedShare, racks, equalPower }) => [
      `${reading === settings.reading ? '* ' : '  '}${reading}`,
      shown(attachedShare),
      shown(racks),
      shown(equalPower),
    ]),
    note: `${meant.join('; ')}.`,
  };
}

/** A median of zero has no digits to follow its interval by. */
function shown(figure: Figure): string {
  if (figure.value !== 0 || figure.unit !== 'tokens/s') return withInterval(figure);
  return `0 [0, ${formatQuantity(figure.hi, 'tokens/s')}]`;
}

function orDash(figure: Figure | null): string {
  return figure ? shown(figure) : '–';
}
