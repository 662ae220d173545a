// A rollout as plain text of at most 100 columns, and as CSV: headline, fan by quarter, generations, what the spread
// comes from, break-even, notes and sources. Formats what src/fleet/rollout computed; computes nothing.
import type { Decomposition } from '../fleet/rollout/decompose.ts';
import type { RolloutReport, Spread } from '../fleet/rollout/report.ts';
import { plain } from './plain.ts';
import { type Align, formatTable } from './text-table.ts';
import { formatQuantity, formatShare, formatWithInterval } from './units.ts';
import { wrap } from './wrap.ts';

type Unit = Parameters<typeof formatQuantity>[1];
const INDENT = '   ';
/** Factors shown; the rest of the spread is in the last line. */
const FACTORS_SHOWN = 8;

/** Ends without a newline. */
export function formatRolloutText(report: RolloutReport): string {
  const sections = [
    wrap(rolloutSentence(report), '', '       '),
    fanSection(report),
    generationSection(report),
    ...report.decompositions.filter(({ outcome }) => outcome !== 'unpaired').map(decompositionSection),
    breakEvenSection(report),
    ['Notes', ...report.notes.flatMap((note) => wrap(note, ' - ', INDENT))],
    sourcesSection(report),
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** One sentence with what it is of: both fleets at the end of the headline quarter, in the same power. */
export function rolloutSentence({ headline, scenario, workload }: RolloutReport): string {
  const { quarter, unpaired, paired, watts, pays } = headline;
  return (
    `rollout  ${scenario.gpus.toLocaleString('en-US')} ${scenario.count === 'dies' ? 'GPU dies' : 'GPUs'} ordered, ${quarter}, ${workload}, capacity in the same ` +
    `${withSpread(watts, 'W')} of site power: unpaired ${withSpread(unpaired, 'tokens/s')}; paired ` +
    `${formatShare(scenario.share)} of Rubins ${withSpread(paired, 'tokens/s')}; pairing gains in ${formatShare(pays)} of ` +
    `${scenario.scenarios.toLocaleString('en-US')} scenarios (brackets hold 80 %)`
  );
}

/** Median and 80 % interval. */
export function withSpread({ p10, p50, p90 }: Spread, unit: Unit): string {
  return formatWithInterval(p50, p10 === p90 ? null : { lo: p10, hi: p90 }, unit);
}

function fanSection({ fan, conditions, headline }: RolloutReport): string[] {
  const head = ['', 'thousand GPUs delivered', 'unpaired', 'paired'];
  const rows = quarterRows({ fan }).map(([name, delivered, unpaired, paired]) => [
    name!,
    delivered!,
    unpaired!,
    paired!,
  ]);
  const { servedUnpaired, servedPaired } = fan.find(({ quarter }) => quarter === headline.quarter)!;
  const served = `Served at usual use in ${headline.quarter}: unpaired ${withSpread(servedUnpaired, 'tokens/s')}, paired ${withSpread(servedPaired, 'tokens/s')}.`;
  return [
    'By quarter, at its end',
    ...wrap(`Capacity in ${conditions}.`, INDENT),
    '',
    ...table([head, ...rows]),
    ...wrap(served, INDENT),
  ];
}

/** Quarter, thousands of GPUs delivered, capacity without and with LPX, served with LPX. */
export function quarterRows({ fan }: Pick<RolloutReport, 'fan'>): string[][] {
  return fan.map((row) => [
    row.quarter,
    thousands(row.delivered),
    withSpread(row.unpaired, 'tokens/s'),
    withSpread(row.paired, 'tokens/s'),
    withSpread(row.servedPaired, 'tokens/s'),
  ]);
}

function thousands({ p10, p50, p90 }: Spread): string {
  const show = (value: number): string => Number((value / 1000).toPrecision(3)).toLocaleString('en-US');
  return `${show(p50)} [${show(p10)}, ${show(p90)}]`;
}

/** Generation, thousands of GPUs delivered and serving, capacity. */
export function generationRows({ generations }: RolloutReport): string[][] {
  return generations.map(({ name, delivered, serving, rate }) => [
    name,
    thousands(delivered),
    thousands(serving),
    withSpread(rate, 'tokens/s'),
  ]);
}

function generationSection(report: RolloutReport): string[] {
  const { headline } = report;
  return [
    `By generation, end of ${headline.quarter}`,
    ...table([['', 'thousand GPUs delivered', 'serving', 'capacity'], ...generationRows(report)]),
    ...wrap(`LPX racks: ${count(headline.lpxRacks)}.`, INDENT),
  ];
}

function decompositionSection({ outcome, parts, rest, middle }: Decomposition): string[] {
  const unit: Unit = outcome === 'ratio' ? '1' : 'tokens/s';
  const what = outcome === 'ratio' ? 'the ratio of paired to unpaired' : `the ${outcome} fleet`;
  const shown = parts.slice(0, FACTORS_SHOWN).filter(({ share }) => share >= 0.005);
  const others = parts.reduce((sum, { share }) => sum + share, 0) - shown.reduce((sum, { share }) => sum + share, 0);
  const rows = shown.map(({ what: name, share, low, high }) => [
    name,
    formatShare(share),
    formatQuantity(low, unit),
    formatQuantity(high, unit),
  ]);
  return [
    `What the spread of ${what} comes from`,
    ...wrap(
      'Share: of the variance of the logarithm, first order. Tenths: where the cause is lowest and highest.',
      INDENT,
    ),
    ...table([['', 'share', 'lowest tenth', 'highest tenth'], ...rows], ['left', 'right', 'right', 'right']),
    ...wrap(
      `Others ${formatShare(others)}; sites' own luck and factors acting together ${formatShare(rest)}. Middle ${formatQuantity(middle, unit)}.`,
      INDENT,
    ),
  ];
}

function breakEvenSection(report: RolloutReport): string[] {
  return ['Break-even share of Rubins paired', ...wrap(breakEvenSentence(report), INDENT)];
}

export function breakEvenSentence({ breakEvenShare: { spread, never } }: RolloutReport): string {
  if (never >= 1)
    return 'In no scenario does pairing break even at any share: at this speed the GPU front has not fallen off enough.';
  return `Largest share at which pairing does not lose at equal site power: ${formatShare(spread.p50)} [${formatShare(spread.p10)}, ${formatShare(spread.p90)}]; in ${formatShare(never)} of scenarios no share pays.`;
}

function sourcesSection({ sources }: RolloutReport): string[] {
  return [
    'Sources',
    ...sources.flatMap(({ id, what, value, lo, hi, unit, basis, source, date, note }) => {
      const range = lo === hi ? '' : ` [${plain(lo)}, ${plain(hi)}]`;
      const suffix = unit === '1' ? '' : ` ${unit}`;
      return [
        ...wrap(`${id}: ${what} = ${plain(value)}${suffix}${range}, ${basis}`, ' - ', INDENT),
        ...wrap(`${source}${date === '' ? '' : ` (${date})`}.${note === '' ? '' : ` ${note}.`}`, '     '),
      ];
    }),
  ];
}

/** Whole things, to three digits. */
function count({ p10, p50, p90 }: Spread): string {
  const show = (value: number): string => Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  return p10 === p90 ? show(p50) : `${show(p50)} [${show(p10)}, ${show(p90)}]`;
}

function table(rows: readonly (readonly string[])[], align: readonly Align[] = []): string[] {
  return formatTable(
    rows.map((cells) => ({ cells })),
    align,
  ).map((line) => `${INDENT}${line}`);
}

const SERIES = ['delivered', 'unpaired', 'paired', 'servedUnpaired', 'servedPaired'] as const;

/** The fan as CSV: one line per quarter and series, quantiles in base units (GPUs, tokens/s). */
export function formatRolloutCsv({ fan }: RolloutReport): string {
  const head = 'quarter,series,p2.5,p10,p25,p50,p75,p90,p97.5';
  const lines = fan.flatMap((row) =>
    SERIES.map((series) => {
      const { p2_5, p10, p25, p50, p75, p90, p97_5 } = row[series];
      return [row.quarter, series, ...[p2_5, p10, p25, p50, p75, p90, p97_5].map((x) => x.toPrecision(6))].join(',');
    }),
  );
  return [head, ...lines].join('\n');
}
