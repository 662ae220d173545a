// A pairing study as plain text of at most 100 columns: the sentence, the modes, the fleet three ways, front, tiers,
// counterfactuals, readings, sources. Formats what src/fleet/pairing computed; computes nothing.
import type { Figure } from '../fleet/figure.ts';
import type { Mode } from '../fleet/pairing/modes.ts';
import type { ModeOutcome, PairingReport } from '../fleet/pairing/report.ts';
import type { PairingSettings } from '../fleet/pairing/settings.ts';
import { READINGS } from '../fleet/share-reading.ts';
import { withInterval } from './figure-text.ts';
import { plain } from './plain.ts';
import { formatTable } from './text-table.ts';
import { formatQuantity, formatShare } from './units.ts';
import { wrap } from './wrap.ts';

const INDENT = '   ';
const MODES_MEANT: Readonly<Record<Mode, string>> = {
  draft: 'a draft model on LPX, verified on GPUs',
  ffn: 'attention on GPUs, feed-forward layers on LPX, layer by layer',
  decode: 'prompts on GPUs, the whole decode on LPX',
};

/** The whole study; ends without a newline. */
export function formatPairingText(report: PairingReport): string {
  const sections = [
    wrap(formatPairingLine(report), '', '         '),
    conditions(report),
    ['1. Modes', ...modeTable(report)],
    ['2. The fleet', ...fleetTable(report)],
    ['3. Fronts: tokens/s per MW of site power at medians (* the GPU front has fallen off)', ...frontTable(report)],
    ['4. Demand by tier: the Rubins at equal site power, paired ones on the fastest tiers', ...tierTable(report)],
    ["5. The attached Rubins' site power spent otherwise", ...counterfactualTable(report)],
    ['6. What "25 %" may be a share of', ...readingTable(report)],
    sources(report),
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** One unbroken line: the paired and the unpaired fleet at equal site power, with what the numbers are of. */
export function formatPairingLine({ settings: s, fleet }: PairingReport): string {
  const what = `${s.gpus.toLocaleString('en-US')} GPUs at equal site power, ${workload(s)} at ${plain(s.tokensPerUser)} tok/s/user`;
  const share = `${formatShare(s.share)} ${READINGS[s.reading]}`;
  const range = ({ value, lo, hi }: Figure): string =>
    `${formatQuantity(value, 'tokens/s')} (80 %: ${formatQuantity(lo, 'tokens/s')} to ${formatQuantity(hi, 'tokens/s')})`;
  return `pairing  ${what}: ${share}: ${range(fleet.equalPower)}; unpaired ${range(fleet.unpaired)}`;
}

function workload({ model, precision, isl, osl, cacheHit }: PairingSettings): string {
  const hit = cacheHit > 0 ? `, ${formatShare(cacheHit)} of prompts cached` : '';
  return `${model} ${precision} on GPUs, fp8 on LPX, ${isl} in, ${osl} out${hit}`;
}

function conditions({ settings, draws, fallenOffShare, aloneReach }: PairingReport): string[] {
  const speculation = settings.speculation ? 'Either side may speculate.' : 'Nobody speculates.';
  const edge =
    fallenOffShare < 0.5
      ? `At this tokens/s/user the GPU front has fallen off in ${formatShare(fallenOffShare)} of draws only: in the others LPX takes power and lifts nothing.`
      : `The GPU front has fallen off here in ${formatShare(fallenOffShare)} of draws.`;
  return wrap(
    `Capacity in output tokens of GPU packages all at work on this one workload; prompts on GPUs of their own. ${speculation} ${edge} GPUs alone are this fast in ${formatShare(aloneReach)} of draws. Intervals hold 80 % of ${draws} draws. Everything of LPX rests on vendor statements or priors: nobody else has measured it beside an NVL72.`,
    '',
  );
}

function modeTable({ modes, alone, aloneReach }: PairingReport): string[] {
  const head = ['', 'fast enough', 'tok/s per MW', 'LPX racks per NVL72', 'gain'];
  const row = (outcome: ModeOutcome): string[] => [
    outcome.mode,
    formatShare(outcome.reach),
    orDash(outcome.tokensPerSecondPerMegawatt),
    orDash(outcome.racksPerNvl72),
    orDash(outcome.gain),
  ];
  const meant = Object.entries(MODES_MEANT).map(([mode, what]) => `${mode}: ${what}`);
  return [
    ...table([head, ['GPUs alone', formatShare(aloneReach), orDash(alone), '', ''], ...modes.map(row)]),
    ...wrap(`${meant.join('; ')}. Gain: over GPUs alone at equal power.`, INDENT),
  ];
}

function fleetTable({ fleet, settings }: PairingReport): string[] {
  const spend: [string, string] = fleet.equalSpend
    ? ['paired, equal spend (your prices)', shown(fleet.equalSpend)]
    : ['paired, equal spend', 'no price is published: give --gpu-usd and --lpx-rack-usd'];
  const racks = settings.racksPerNvl72 === null ? 'solved' : 'given';
  return table([
    ['unpaired', shown(fleet.unpaired)],
    ['paired, equal site power', shown(fleet.equalPower)],
    ['paired / unpaired', orDash(fleet.ratio)],
    ['paired, equal GPU count', shown(fleet.equalCount)],
    ['  with LPX taking', `${shown(fleet.lpxWatts)} beside ${shown(fleet.gpuWatts)} of GPUs`],
    spend,
    ['Rubins attached', shown(fleet.attachedShare)],
    ['LPX racks', `${shown(fleet.racks)}, ${shown(fleet.racksPerNvl72)} per NVL72 (${racks})`],
  ]);
}

function frontTable({ front }: PairingReport): string[] {
  const value = (x: number | null): string => (x === null ? '–' : formatQuantity(x, 'tokens/s'));
  return table([
    ['tok/s/user', 'GPUs alone', ...Object.keys(MODES_MEANT)],
    ...front.map((row) => [
      `${row.tokensPerUser}${row.fallenOff ? ' *' : ''}`,
      value(row.alone),
      ...Object.values(row.modes).map(value),
    ]),
  ]);
}

function tierTable({ tiers, allTiers }: PairingReport): string[] {
  return [
    ...table([
      ['', 'tok/s/user', 'power', 'unpaired', 'paired', 'in draws'],
      ...tiers.map((tier) => [
        tier.id.replace('tier/', ''),
        plain(tier.tokensPerUser),
        formatShare(tier.powerShare),
        shown(tier.unpaired),
        shown(tier.paired),
        formatShare(tier.pairedIn),
      ]),
      ['all', '', '', shown(allTiers.unpaired), shown(allTiers.paired), ''],
    ]),
    `${INDENT}All tiers, paired / unpaired: ${orDash(allTiers.ratio)}`,
  ];
}

function counterfactualTable({ counterfactuals, fleet }: PairingReport): string[] {
  return table([
    ['Rubin and LPX (paired)', shown(fleet.equalPower)],
    ['Rubin alone (no LPX)', shown(fleet.unpaired)],
    ...counterfactuals.map(({ chip, equalPower }) => [`${chip} (specification only)`, shown(equalPower)]),
  ]);
}

function readingTable({ readings, settings }: PairingReport): string[] {
  const meant = Object.entries(READINGS).map(([reading, what]) => `${reading}: ${formatShare(settings.share)} ${what}`);
  return [
    ...table([
      ['', 'Rubins attached', 'LPX racks', 'equal site power'],
      ...readings.map(({ reading, attachedShare, racks, equalPower }) => [
        `${reading === settings.reading ? '* ' : '  '}${reading}`,
        shown(attachedShare),
        shown(racks),
        shown(equalPower),
      ]),
    ]),
    ...wrap(`${meant.join('; ')}.`, INDENT),
  ];
}

function sources(report: PairingReport): string[] {
  return [
    'Sources (vendor-claim: nobody but the vendor has seen it)',
    ...report.sources.flatMap(({ id, what, value, lo, hi, unit, basis, source, date, note }) => {
      const suffix = unit === '1' ? '' : ` ${unit}`;
      const range = lo === hi ? '' : ` [${plain(lo)}, ${plain(hi)}]`;
      return [
        ...wrap(`${id}: ${what} = ${plain(value)}${suffix}${range}, ${basis}`, ' - ', INDENT),
        ...wrap(`${source} (${date}).${note ? ` ${note}.` : ''}`, '     '),
      ];
    }),
  ];
}

/** A median of zero has no digits to follow its interval by. */
function shown(figure: Figure): string {
  if (figure.value !== 0 || figure.unit !== 'tokens/s') return withInterval(figure);
  return `0 [0, ${formatQuantity(figure.hi, 'tokens/s')}]`;
}

function orDash(figure: Figure | null): string {
  return figure ? shown(figure) : '–';
}

function table(rows: readonly (readonly string[])[]): string[] {
  return formatTable(
    rows.map((cells) => ({ cells })),
    [],
  ).map((line) => `${INDENT}${line}`);
}
