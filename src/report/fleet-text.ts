// The fleet report as plain text of at most 100 columns: headline, your device, the fleet, the bridge, notes, sources.
// Formats what src/fleet computed; computes nothing.
import type { DevicePart, PredictedRow } from '../fleet/device-model.ts';
import type { Figure } from '../fleet/figure.ts';
import type { Comparison, FleetPart } from '../fleet/fleet.ts';
import { describeWorkload } from '../fleet/front.ts';
import type { FleetReport, SourceEntry } from '../fleet/report.ts';
import type { Reading } from '../fleet/share-reading.ts';
import { type Align, formatTable } from './text-table.ts';
import { formatQuantity, formatShare, formatWithInterval } from './units.ts';
import { wrap } from './wrap.ts';

const INDENT = '   ';

/** The whole report; ends without a newline. */
export function formatFleetText(report: FleetReport): string {
  const sections = [
    wrap(formatFleetLine(report), '', '       '),
    deviceSection(report),
    fleetSection(report.fleet),
    bridgeSection(report),
    ['Notes', ...report.notes.flatMap((note) => wrap(note, ' - ', INDENT))],
    sourcesSection(report.sources),
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** One unbroken line: the paired and the unpaired fleet at equal site power, with what the numbers are of. */
export function formatFleetLine({ fleet }: Pick<FleetReport, 'fleet'>): string {
  const { conditions: c, equalPower } = fleet;
  const whole = c.gpus.toLocaleString('en-US');
  const range = ({ lo, hi }: Figure): string =>
    `${formatQuantity(lo, 'tokens/s')} to ${formatQuantity(hi, 'tokens/s')}`;
  const value = (figure: Figure): string => formatQuantity(figure.value, 'tokens/s');
  const { paired, unpaired } = equalPower;
  return (
    `fleet  ${whole} GPUs at equal site power, ${c.by}, ${describeWorkload(c)} at ${plain(c.tokensPerUser)} tok/s/user: ` +
    `paired ${sharePaired(c)}: ${value(paired)} (80 %: ${range(paired)}); ` +
    `unpaired ${value(unpaired)} (${range(unpaired)})`
  );
}

const DENOMINATORS: Readonly<Record<Reading, string>> = {
  rubins: 'Rubins',
  datacenter: 'all GPUs',
  racks: 'all racks',
  workload: 'output tokens',
};

/** `25 % of Rubins`, by the reading of the share. */
export function sharePaired({ share, reading }: Pick<FleetPart['conditions'], 'share' | 'reading'>): string {
  return `${formatShare(share)} of ${DENOMINATORS[reading]}`;
}

function deviceSection({ device, run }: FleetReport): string[] {
  const title = `1. Your device${run ? `: ${run.adapter}` : ''}`;
  const software = run?.isSoftware
    ? wrap('software adapter: exercises the path, is not a measurement of a GPU', INDENT)
    : [];
  if ('missing' in device) return [title, ...software, ...wrap(device.missing, INDENT)];
  const { probes, fits, combination, allRows } = device;
  const overhead = probes.overheadFrom
    ? `${formatQuantity(probes.overheadNs, 'ns')} a dispatch (${probes.overheadFrom})`
    : 'overhead a dispatch not probed, taken as 0';
  const rates = `${formatQuantity(probes.bytesPerSecond, 'bytes/s')} (${probes.bandwidthFrom}), ${formatQuantity(probes.flopsPerSecond, 'FLOP/s')} (${probes.flopsFrom}), ${overhead}`;
  const error = (how: 'max' | 'sum'): string => `${how} x/÷ ${factor(fits[how].medianAbsLogRatio)}`;
  const fit = `Times of bytes and flops combine by ${combination}, the nearer of the two on the ${fits.max.rows} fastest variants (median error ${error('max')}, ${error('sum')}; all ${allRows.rows} rows x/÷ ${factor(allRows.medianAbsLogRatio)}).`;
  return [
    title,
    ...software,
    ...wrap(`Probes of this run alone: ${rates}.`, INDENT),
    ...wrap(fit, INDENT),
    '',
    ...residualTable(device.rows),
    ...leftOutLines(device),
  ];
}

function residualTable(rows: readonly PredictedRow[]): string[] {
  const head = ['predicted', 'measured', 'ratio', 'bound by', 'case (* fastest variant)'];
  const cells = rows.map((row) => [
    formatQuantity(row.predictedNs, 'ns'),
    formatQuantity(row.measuredNs, 'ns'),
    factor(Math.log(row.ratio)),
    row.bound,
    '',
  ]);
  const lines = table([head, ...cells], ['right', 'right', 'right']);
  const start = lines[0]!.indexOf(head[4]!);
  const hang = ' '.repeat(start + 2);
  return [
    lines[0]!,
    ...rows.flatMap((row, i) => {
      const numbers = lines[i + 1]!.padEnd(start);
      return wrap(row.id.replace(':', ': '), `${numbers}${row.fastest ? '* ' : '  '}`, hang);
    }),
  ];
}

function leftOutLines({ leftOut }: DevicePart): string[] {
  if (leftOut.length === 0) return [];
  return [
    '',
    `${INDENT}Left out:`,
    ...leftOut.flatMap(({ id, reason }) => wrap(`${id}: ${reason}`, `${INDENT}- `, `${INDENT}  `)),
  ];
}

function fleetSection(fleet: FleetPart): string[] {
  const { conditions: c, power, rubinGpus } = fleet;
  const what = `${c.gpus.toLocaleString('en-US')} GPU ${c.gpusCounted} by ${c.by}, ${withInterval(rubinGpus)} of them Rubin, the rest Blackwell. Capacity in ${c.tokensCounted} of ${c.model}, ${c.precision} weights, ${c.isl} tokens in, ${c.osl} out, prefix cache hit rate ${c.prefixCacheHitRate}, ${plain(c.tokensPerUser)} tokens/s for each user, first token within ${c.ttftLimitMs / 1000} s. Intervals hold 80 %.`;
  const beside = `One working GPU gives ${withInterval(fleet.perGpu.blackwell)} (Blackwell, ${fleet.perGpu.blackwell.basis}) or ${withInterval(fleet.perGpu.rubin)} (Rubin, ${fleet.perGpu.rubin.basis}); an attached Rubin ${withInterval(fleet.lift)} times that. The GPUs take ${withInterval(power.gpus)} of site power. At equal GPU count ${withInterval(fleet.lpxRacks)} LPX racks add ${withInterval(power.lpx)}; at equal site power ${withInterval(fleet.gpusEqualPower)} GPUs fit beside them.`;
  const paired = `paired ${sharePaired(c)}`;
  const head = ['', 'unpaired', paired, 'paired / unpaired'];
  const { served, utilisation } = fleet;
  return [
    '2. The fleet, from datacenter measurements and published specifications',
    ...wrap(what, INDENT),
    '',
    ...table([
      head,
      comparisonCells('equal site power', fleet.equalPower),
      comparisonCells('equal GPU count', fleet.equalCount),
      [`served at ${formatShare(utilisation.value)} use`, withInterval(served.unpaired), withInterval(served.paired)],
    ]),
    '',
    ...wrap(beside, INDENT),
    '',
    `${INDENT}At equal site power, by tokens/s/user (measured from ${fleet.measuredRange.lo} to ${fleet.measuredRange.hi}):`,
    ...table([head, ...fleet.byInteractivity.map((row) => comparisonCells(plain(row.tokensPerUser), row.equalPower))]),
    ...wrap(
      `Paired figures are ${fleet.equalPower.paired.basis} at the weakest, unpaired ones ${fleet.equalPower.unpaired.basis}.`,
      INDENT,
    ),
  ];
}

function table(rows: readonly (readonly string[])[], align: readonly Align[] = []): string[] {
  return formatTable(
    rows.map((cells) => ({ cells })),
    align,
  ).map((line) => `${INDENT}${line}`);
}

function comparisonCells(name: string, { unpaired, paired, ratio }: Comparison): string[] {
  return [name, withInterval(unpaired), withInterval(paired), withInterval(ratio)];
}

function bridgeSection({ bridge }: FleetReport): string[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const counts = [...bridge.counts, bridge.fleetModel].map((entry) => [
    entry.from ?? `${entry.model} (the fleet's, from its shape)`,
    `${formatQuantity(entry.flopsPerToken, 'FLOP')} a token`,
    entry.bytesPerToken === null ? '' : `${formatQuantity(entry.bytesPerToken, 'bytes')} a token`,
  ]);
  return [
    '3. The bridge: what your device may tell the fleet',
    ...wrap(
      `Your run moved the fleet median by ${percent(bridge.medianMoved)} and the 80 % width by ${percent(bridge.widthMoved)}: ${bridge.reason}.`,
      INDENT,
    ),
    ...wrap(`Counted work of a token may cross. These stay on your device: ${bridge.staysHere.join(', ')}.`, INDENT),
    ...counts.flatMap(([name, flops, bytes]) =>
      wrap(`${name}: ${flops}${bytes ? `, ${bytes}` : ''}`, `${INDENT}- `, `${INDENT}  `),
    ),
  ];
}

function sourcesSection(sources: readonly SourceEntry[]): string[] {
  return [
    'Sources (range holds 80 % or as given; vendor-claim: nobody but the vendor has seen it)',
    ...sources.flatMap((entry) => {
      const note = entry.note ? ` ${entry.note}.` : '';
      const date = entry.date ? ` (${entry.date})` : '';
      return [
        ...wrap(`${entry.id}: ${entry.what}${valueText(entry)}, ${entry.basis}`, ' - ', INDENT),
        ...wrap(`${entry.source}${date}.${note}`, '     '),
      ];
    }),
  ];
}

function valueText({ value, lo, hi, coverage, unit }: SourceEntry): string {
  if (value === undefined) return '';
  const suffix = unit && unit !== '1' ? ` ${unit}` : '';
  if (lo === undefined || hi === undefined || lo === hi) return ` = ${plain(value)}${suffix}`;
  return ` = ${plain(value)}${suffix} [${plain(lo)}, ${plain(hi)}]${coverage === 0.9 ? ' (90 %)' : ''}`;
}

/** Median and interval, the interval in at least two digits of the unit the median is shown in. */
export function withInterval(figure: Figure): string {
  const { value, lo, hi, unit } = figure;
  const certain = lo === hi;
  if (unit === 'tokens/s' || unit === 'W') return formatWithInterval(value, certain ? null : figure, unit);
  if (unit === '1') return certain ? plain(value) : formatWithInterval(value, figure, '1');
  return certain ? count(value) : `${count(value)} [${count(lo)}, ${count(hi)}]`;
}

/** Whole things, to three digits: no count here is known better. */
function count(value: number): string {
  return Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
}

export function plain(value: number): string {
  return String(Number(value.toPrecision(4)));
}

function factor(log: number): string {
  return Math.exp(log).toPrecision(3);
}
