// A pairing study as plain text of at most 100 columns: the sentence, the modes, the fleet three ways, front, tiers,
// counterfactuals, readings, sources. Formats what src/fleet/pairing computed; computes nothing.
import type { Figure } from '../fleet/figure.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import type { PairingSettings } from '../fleet/pairing/settings.ts';
import { READINGS } from '../fleet/share-reading.ts';
import { pairingTables } from './fleet-pairing-tables.ts';
import { plain } from './plain.ts';
import { formatTable } from './text-table.ts';
import { formatQuantity, formatShare } from './units.ts';
import { wrap } from './wrap.ts';

const INDENT = '   ';
/** The whole study; ends without a newline. */
export function formatPairingText(report: PairingReport): string {
  const sections = [
    wrap(formatPairingLine(report), '', '         '),
    conditions(report),
    ...pairingTables(report).map(({ caption, head, rows, note }, i) => [
      `${i + 1}. ${caption}`,
      ...table(head.some((cell) => cell !== '') ? [head, ...rows] : rows),
      ...(note ? wrap(note, INDENT) : []),
    ]),
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

function table(rows: readonly (readonly string[])[]): string[] {
  return formatTable(
    rows.map((cells) => ({ cells })),
    [],
  ).map((line) => `${INDENT}${line}`);
}
