// The serving model's validation as plain tables: errors, coverage and widths beside a pure roofline. Computes nothing.
import type { Scores } from '../fleet/serving/scores.ts';
import type { CapacityRow, Validation, ValidationRow } from '../fleet/serving/validate.ts';
import { type Align, formatTable } from './text-table.ts';
import { formatShare } from './units.ts';
import { wrap } from './wrap.ts';

const HEAD = ['', 'points', 'median', 'mean', '80 %', 'chance', 'width', 'score', 'roofline', 'its mean', 'its score'];
const RATE_HEAD = ['', 'median', 'mean', '80 %', 'chance', 'width', 'at fixed tok/s/user', 'TTFT', '80 %', 'width'];
const CAPACITY_HEAD = ['', 'points', 'median', 'mean', '50 %', '80 %', 'chance', '95 %', 'width'];

const INTRODUCTION = [
  'How wrong the serving model is on measured points that its calibration did not see. Errors are |predicted/measured − 1|;',
  '80 %: share of measurements inside the 80 % interval; chance: shares that 19 in 20 sets of so many independent points show',
  'where the interval holds exactly 80 %; width: the interval is x/÷ this at the median; score: mean log',
  'interval score at 80 %, smaller is better. Roofline: bytes over bandwidth or flops over peak, nothing calibrated; its',
  'score is with its median error taken off and one constant spread, both from the same training points. The form of the',
  'model and the priors were chosen by people who had seen these points; no parameter was fitted on what a row leaves out.',
].join(' ');

/** The whole validation; ends without a newline. */
export function formatValidation(validation: Validation): string {
  const parts: readonly (readonly [string, readonly ValidationRow[]])[] = [
    ['Each point from the other four fifths', validation.crossValidated],
    ['Across generations', validation.acrossGenerations],
    ['Across models', validation.acrossModels],
  ];
  return [
    wrap(INTRODUCTION).join('\n'),
    ...parts.map(([title, rows]) => `Time per output token. ${title}\n${timeTable(rows)}`),
    ...parts.map(
      ([title, rows]) => `tokens/s/GPU, and time to first token (TTFT, median error). ${title}\n${rateTable(rows)}`,
    ),
    `Most a system serves (MLPerf v5.1, vendor tables), tokens/s/GPU\n${capacityTable(validation.capacity)}`,
    chanceLines(parts, validation.capacity).join('\n'),
    ['Runs in doubt', ...validation.doubts.flatMap(({ id, reason }) => wrap(`${id}: ${reason}`, ' - ', '   '))].join(
      '\n',
    ),
  ].join('\n\n');
}

/** Rows whose coverage lies outside what chance explains, by what is predicted. */
function chanceLines(
  parts: readonly (readonly [string, readonly ValidationRow[]])[],
  capacity: readonly CapacityRow[],
): string[] {
  const judged = [
    ...parts.flatMap(([, rows]) =>
      rows.flatMap(({ name, tpot, rate, ttft }) => [
        { name: `${name}: time per token`, scores: tpot },
        { name: `${name}: tokens/s/GPU`, scores: rate },
        { name: `${name}: time to first token`, scores: ttft },
      ]),
    ),
    ...capacity.map((row) => ({ name: `${row.name}: most a system serves`, scores: row.capacity })),
  ];
  const outside = judged.filter(({ scores: { coverage, chance80 } }) => {
    return coverage[0.8] < chance80[0] || coverage[0.8] > chance80[1];
  });
  const low = outside.filter(({ scores: { coverage, chance80 } }) => coverage[0.8] < chance80[0]).length;
  return [
    'Coverage at 80 % that chance alone does not explain',
    ...wrap(
      `${outside.length} of ${judged.length} rows, ${low} of them too seldom and the others too often inside; a twentieth would be by chance were rows and points independent, which they are not.`,
    ),
    ...outside.flatMap(({ name, scores }) =>
      wrap(
        `${name}, ${formatShare(scores.coverage[0.8])} of ${scores.points}, by chance ${chance(scores)}`,
        ' - ',
        '   ',
      ),
    ),
  ];
}

function chance({ chance80: [least, most] }: Scores): string {
  return `${(100 * least).toFixed(0)}-${(100 * most).toFixed(0)} %`;
}

function alignFor(head: readonly string[]): Align[] {
  return head.map((_, i) => (i === 0 ? 'left' : 'right'));
}

function timeTable(rows: readonly ValidationRow[]): string {
  const cells = rows.map(({ name, tpot, roofline }) => [
    name,
    String(tpot.points),
    ...errorCells(tpot),
    tpot.score80.toFixed(2),
    formatShare(roofline.medianError),
    formatShare(roofline.meanError),
    roofline.score80.toFixed(2),
  ]);
  return tableOf(HEAD, cells);
}

function rateTable(rows: readonly ValidationRow[]): string {
  const cells = rows.map(({ name, rate, ttft, rateAtUserError }) => [
    name,
    ...errorCells(rate),
    formatShare(rateAtUserError),
    formatShare(ttft.medianError),
    formatShare(ttft.coverage[0.8]),
    factor(ttft.width80),
  ]);
  return tableOf(RATE_HEAD, cells);
}

function errorCells(scores: Scores): string[] {
  const { medianError, meanError, coverage, width80 } = scores;
  return [...[medianError, meanError, coverage[0.8]].map(formatShare), chance(scores), factor(width80)];
}

function capacityTable(rows: readonly CapacityRow[]): string {
  const cells = rows.map(({ name, capacity }) => {
    const { points, medianError, meanError, coverage, width80 } = capacity;
    const errors = [medianError, meanError, coverage[0.5], coverage[0.8]].map(formatShare);
    return [name, String(points), ...errors, chance(capacity), formatShare(coverage[0.95]), factor(width80)];
  });
  return tableOf(CAPACITY_HEAD, cells);
}

function tableOf(head: readonly string[], cells: readonly (readonly string[])[]): string {
  return formatTable(
    [head, ...cells].map((row) => ({ cells: row })),
    alignFor(head),
  ).join('\n');
}

function factor(value: number): string {
  return `x/÷ ${value.toFixed(2)}`;
}
