// The claims ledger and the watchlist as plain text of at most 100 columns, and the ledger as CSV. Formats what
// src/fleet/claims computed; computes nothing.
import type { LedgerCard, LedgerLine } from '../fleet/claims/card.ts';
import type { Ledger } from '../fleet/claims/ledger.ts';
import type { Watched } from '../fleet/claims/watchlist.ts';
import { formatMoney, formatQuantity, formatShare } from './units.ts';
import { wrap } from './wrap.ts';

const INDENT = '   ';

/** Ends without a newline. */
export function formatLedgerText(ledger: Ledger): string {
  const sections = [
    [
      ...wrap('Claims ledger: what each claim would take. Revenue is never predicted here.'),
      ...wrap(`The fleet is ${ledger.fleet}. Brackets hold 80 %.`),
    ],
    ...ledger.cards.map(cardLines),
    ['Not public', ...ledger.notPublic.flatMap((line) => wrap(line, ' - ', INDENT))],
    [
      'Sources (the fleet’s own are those of fleet rollout)',
      ...ledger.sources.flatMap(({ id, what, source, date, note, basis }) => [
        ...wrap(`${id}: ${what}, ${basis}`, ' - ', INDENT),
        ...wrap(`${source} (${date}).${note === '' ? '' : ` ${note}.`}`, '     '),
      ]),
    ],
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

function cardLines(card: LedgerCard): string[] {
  return [
    ...wrap(`${card.claim} [${card.id}; rests on ${card.basis}]`),
    ...wrap(`${card.reading}.`, INDENT),
    `${INDENT}It requires`,
    ...card.requires.flatMap(ledgerLine),
    `${INDENT}Beside it`,
    ...card.beside.flatMap(ledgerLine),
    ...wrap(card.conclusion, INDENT),
  ];
}

function ledgerLine(line: LedgerLine): string[] {
  return wrap(`${line.what}: ${formatLedgerRange(line)}`, `${INDENT} - `, `${INDENT}   `);
}

/** `$6.80 [$4.10, $12]`; one value where nothing is uncertain; words where a fleet that may serve nothing sets no bound. */
export function formatLedgerRange({ range, unit }: Pick<LedgerLine, 'range' | 'unit'>): string {
  const show = (value: number): string => ledgerValue(value, unit);
  const [value, lo, hi] = [show(range.value), show(range.lo), show(range.hi)];
  return lo === hi ? value : `${value} [${lo}, ${hi}]`;
}

function ledgerValue(value: number, unit: LedgerLine['unit']): string {
  if (value === Number.POSITIVE_INFINITY) return 'no bound';
  if (unit === '$' || unit === '$/Mtok' || unit === '$/GPU') return formatMoney(value);
  if (unit === 'tokens/s' || unit === 'W') return formatQuantity(value, unit, 2);
  if (unit === '1') return formatQuantity(value, '1', 2);
  return Math.round(Number(value.toPrecision(2))).toLocaleString('en-US');
}

/** One line per figure, in base units (dollars, tokens/s, W). */
export function formatLedgerCsv({ cards }: Ledger): string {
  const quote = (text: string): string => `"${text.replace(/"/g, '""')}"`;
  const lines = cards.flatMap(({ id, requires, beside }) =>
    [...requires.map((line) => ['requires', line] as const), ...beside.map((line) => ['beside', line] as const)].map(
      ([part, { what, range, unit }]) => [id, part, quote(what), unit, range.value, range.lo, range.hi].join(','),
    ),
  );
  return ['card,part,what,unit,value,lo,hi', ...lines].join('\n');
}

/** The open questions with their forecasts, and scores where an outcome is known; ends without a newline. */
export function formatWatchlistText(items: readonly Watched[]): string {
  return items.map((item) => watchLines(item).join('\n')).join('\n\n');
}

function watchLines(item: Watched): string[] {
  const { id, question, asked, resolves, how, resolution, score } = item;
  const lines = [
    ...wrap(`${question} [${id}]`),
    ...wrap(`forecast of ${asked}: ${forecastText(item)}. ${how}.`, INDENT),
    ...wrap(`resolves by ${resolves}: ${resolution}.`, INDENT),
  ];
  return score ? [...lines, ...wrap(`${scoreText(item)}.`, INDENT)] : lines;
}

/** `yes with 60 %`, or `$390 billion [$360 billion, $420 billion] (80 %)`. */
export function forecastText(item: Watched): string {
  const { forecast } = item;
  if (forecast.kind === 'binary') return `yes with ${formatShare(forecast.probability)}`;
  const [middle, lo, hi] = [forecast.p50, forecast.p10, forecast.p90].map((value) => watchedValue(item, value));
  return `${middle} [${lo}, ${hi}] (80 %)`;
}

/** `open`, or what it came to with the score of the forecast. */
export function scoreText(item: Watched): string {
  const { outcome, score, forecast } = item;
  if (outcome === null || !score) return 'open';
  const came = forecast.kind === 'binary' ? (outcome === 1 ? 'yes' : 'no') : watchedValue(item, outcome);
  return `came to ${came}: ${score.name} ${score.value.toFixed(3)} (without knowledge ${score.uninformed.toFixed(3)}), log score ${score.logScore.toFixed(2)}; lower is better`;
}

function watchedValue({ unit }: Watched, value: number): string {
  if (unit === '$') return formatMoney(value);
  return unit === 'GPUs' ? Math.round(value).toLocaleString('en-US') : formatShare(value);
}
