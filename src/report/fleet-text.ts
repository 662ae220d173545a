// The fleet report as plain text of at most 100 columns: headline, your device, the fleet, the bridge, notes, sources.
// Formats what src/fleet computed; computes nothing.
import type { BridgePart } from '../fleet/bridge.ts';
import { constantValue } from '../fleet/catalogue.ts';
import type { DevicePart, PredictedRow } from '../fleet/device-model.ts';
import { bestPaired, type FrontRow } from '../fleet/pairing/front.ts';
import type { FleetReport } from '../fleet/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import type { SourceEntry } from '../fleet/rollout/sources.ts';
import { packagesOf, type Scenario } from '../fleet/scenario.ts';
import { type Reading, readingNamed } from '../fleet/share-reading.ts';
import type { VendorGap } from '../fleet/vendor-gap.ts';
import { withSpread } from './fleet-rollout-text.ts';
import { plain } from './plain.ts';
import { type Align, formatTable } from './text-table.ts';
import { formatQuantity, formatShare } from './units.ts';
import { wrap } from './wrap.ts';

const INDENT = '   ';

/** The whole report; ends without a newline. */
export function formatFleetText(report: FleetReport): string {
  const sections = [
    wrap(formatFleetLine(report.fleet), '', '       '),
    deviceSection(report),
    ...(report.vendorGap ? [vendorGapSection(report.vendorGap)] : []),
    fleetSection(report),
    bridgeSection(report),
    ['Notes', ...report.fleet.notes.flatMap((note) => wrap(note, ' - ', INDENT))],
    sourcesSection(report.sources),
  ];
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

/** One unbroken line: the paired and the unpaired fleet at equal site power, with what the numbers are of. */
export function formatFleetLine({ headline, scenario, workload }: RolloutReport): string {
  const { quarter, unpaired, paired } = headline;
  const counted = scenario.count === 'dies' ? 'GPU dies' : 'GPUs';
  const range = ({ p10, p90 }: RolloutReport['headline']['paired']): string =>
    `${formatQuantity(p10, 'tokens/s')} to ${formatQuantity(p90, 'tokens/s')}`;
  return (
    `fleet  ${scenario.gpus.toLocaleString('en-US')} ${counted} at equal site power, ${quarter}, ${workload}: ` +
    `paired ${sharePaired(scenario)}: ${formatQuantity(paired.p50, 'tokens/s')} (80 %: ${range(paired)}); ` +
    `unpaired ${formatQuantity(unpaired.p50, 'tokens/s')} (${range(unpaired)})`
  );
}

const DENOMINATORS: Readonly<Record<Reading, string>> = {
  rubins: 'Rubins',
  datacenter: 'all GPUs',
  racks: 'all racks',
  workload: 'output tokens',
};

/** `25 % of Rubins`, by the reading of the share. */
export function sharePaired({ share, reading }: Pick<Scenario, 'share' | 'reading'>): string {
  return `${formatShare(share)} of ${DENOMINATORS[readingNamed(reading)]}`;
}

/** Ratios nearer to 1 than this are equal: quantiles are exact to 1 %. */
const SAME = 1.015;
/** Share of scenarios from which on it is told that only the paired fleet serves in them: a ratio knows none of them. */
const OFTEN = 0.02;

/** What the figures conclude, in one sentence, at equal site power, with its interval. */
export function conclusion({ headline, scenario, serving }: RolloutReport): string {
  const rate = `${plain(scenario['user-rate'])} tokens/s/user`;
  const { ratio, pays, serves } = headline;
  const domain = constantValue('nvl72/gpus');
  if (scenario.share === 0) return `No Rubin is paired, so both fleets are the same.`;
  if (packagesOf(scenario) < domain) {
    return `${scenario.gpus.toLocaleString('en-US')} GPUs fill no scale-up domain of ${domain}, and only whole domains serve: take more.`;
  }
  if (headline.paired.p90 === 0) return `At ${rate} neither GPUs alone nor paired ones serve anything.`;
  if (ratio === null) {
    const share = formatShare(serves.onlyPaired);
    return `At ${rate} GPUs alone serve nothing; paired Rubins serve anything in ${share} of scenarios, all of it on what vendors say of LPX.`;
  }
  if (ratio.p10 > 1 / SAME && ratio.p90 < SAME && serves.both > 0.95) {
    return `At ${rate} and equal site power, pairing ${sharePaired(scenario)} with LPX changes nothing in tokens/s.`;
  }
  // Beyond twice as much, a factor is easier read than a percentage.
  const show = (x: number): string =>
    ratio.p90 > 2 ? `× ${x.toPrecision(2)}` : `${x >= 1 ? '+' : '−'}${Math.abs(100 * (x - 1)).toFixed(0)} %`;
  const moved = `${show(ratio.p50)} (80 %: ${show(ratio.p10)} to ${show(ratio.p90)})`;
  const verdict =
    pays >= 0.9 ? 'gains' : pays <= 0.1 ? 'loses' : pays >= 0.5 ? 'more likely gains' : 'more likely loses';
  if (serves.onlyPaired >= OFTEN) {
    const [alone, both] = [formatShare(serves.onlyPaired), formatShare(serves.both)];
    return `At ${rate} and equal site power, pairing ${sharePaired(scenario)} with LPX ${verdict}: in ${alone} of scenarios GPUs alone serve nothing and paired ones do; where both serve (${both}), it moves tokens/s by ${moved}.`;
  }
  const why = serving.fallenOff < 0.5 ? ', because GPUs alone keep up at this speed and LPX takes their power' : '';
  return `At ${rate} and equal site power, pairing ${sharePaired(scenario)} with LPX ${verdict}: ${moved} in tokens/s${why}.`;
}

function deviceSection({ device, run }: FleetReport): string[] {
  const title = `1. Your device${run ? `: ${run.adapter}` : ''}`;
  const software = run?.isSoftware
    ? wrap('software adapter: exercises the path, is not a measurement of a GPU', INDENT)
    : [];
  if ('missing' in device) return [title, ...software, ...wrap(device.missing, INDENT)];
  const { probes, fastest, allRows, seal } = device;
  const overhead = probes.overheadFrom
    ? `${formatQuantity(probes.overheadNs, 'ns')} a dispatch (${probes.overheadFrom})`
    : 'overhead a dispatch not probed, taken as 0';
  const rates = `${formatQuantity(probes.bytesPerSecond, 'bytes/s')} (${probes.bandwidthFrom}), ${formatQuantity(probes.flopsPerSecond, 'FLOP/s')} (${probes.flopsFrom}), ${overhead}`;
  const fit = `Predicted: the greater of bytes and flops time, and the dispatches. Median error x/÷ ${factor(fastest.medianAbsLogRatio)} on the ${fastest.rows} fastest variants, x/÷ ${factor(allRows.medianAbsLogRatio)} on all ${allRows.rows} rows. ${seal.text}`;
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
  const head = ['predicted', 'measured', 'ratio', 'bound by', 'case (* fastest variant, ° not sealed before)'];
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
      return wrap(row.id.replace(':', ': '), `${numbers}${row.fastest ? '*' : ' '}${row.sealed ? ' ' : '°'}`, hang);
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

function vendorGapSection({ chip, publishedRuns, gaps, source }: VendorGap): string[] {
  const rows = gaps.map(({ what, unit, specification, wgsl, vendorStack, factor: times }) => [
    what,
    specification === null ? '' : formatQuantity(specification, unit),
    formatQuantity(wgsl, unit),
    formatQuantity(vendorStack, unit),
    `x ${times.toPrecision(3)}`,
  ]);
  return [
    `This chip is a ${chip}: WGSL beside the vendor's stack`,
    ...table(
      [['', 'specification', 'WGSL, here', "vendor's stack", 'gap'], ...rows],
      ['left', 'right', 'right', 'right', 'right'],
    ),
    ...wrap(
      `${publishedRuns} published serving runs on this chip are in the calibration. Vendor's stack: ${source}.`,
      INDENT,
    ),
  ];
}

function fleetSection({ fleet, front }: FleetReport): string[] {
  const { headline, conditions, scenario, fan } = fleet;
  const { servedUnpaired, servedPaired } = fan.find(({ quarter }) => quarter === headline.quarter)!;
  const head = ['', 'unpaired', `paired ${sharePaired(scenario)}`, 'ratio'];
  return [
    '2. The fleet, from datacenter measurements and published specifications',
    ...wrap(conclusion(fleet), INDENT),
    ...wrap(
      `Capacity in ${conditions}, at the end of ${headline.quarter}; intervals hold 80 % of ${scenario.scenarios.toLocaleString('en-US')} scenarios of deliveries, power, failures, software and of what a GPU serves (fleet rollout has the quarters).`,
      INDENT,
    ),
    '',
    ...table([
      head,
      [
        'capacity',
        withSpread(headline.unpaired, 'tokens/s'),
        withSpread(headline.paired, 'tokens/s'),
        headline.ratio ? withSpread(headline.ratio, '1') : '–',
      ],
      ['served at use', withSpread(servedUnpaired, 'tokens/s'), withSpread(servedPaired, 'tokens/s'), ''],
      ['tokens/s per MW', perMegawatt(headline.tokensPerWatt.unpaired), perMegawatt(headline.tokensPerWatt.paired), ''],
    ]),
    ...wrap(
      `The fleet takes ${withSpread(headline.watts, 'W')}; ${rackText(fleet)}. fleet pairing shows equal GPU count, equal spend, tiers and other chips.`,
      INDENT,
    ),
    '',
    ...wrap('A Rubin at equal site power by tokens/s/user, medians (* the GPU front has fallen off):', INDENT),
    ...frontTable(front),
  ];
}

function perMegawatt(perWatt: RolloutReport['headline']['watts']): string {
  const { p10, p50, p90 } = perWatt;
  return withSpread({ ...perWatt, p10: p10 * 1e6, p50: p50 * 1e6, p90: p90 * 1e6 }, 'tokens/s');
}

function rackText({ headline: { lpxRacks }, serving: { racksPerNvl72 } }: RolloutReport): string {
  const racks = (value: number): string => Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  if (lpxRacks.p50 === 0) return 'no LPX rack stands in it at the median';
  return `${racks(lpxRacks.p50)} [${racks(lpxRacks.p10)}, ${racks(lpxRacks.p90)}] LPX racks stand in it, ${plain(racksPerNvl72.p50)} beside an attached NVL72`;
}

function frontTable(front: readonly FrontRow[]): string[] {
  const show = (value: number | null): string => (value === null ? '–' : formatQuantity(value, 'tokens/s'));
  const rows = front.map((row) => {
    const paired = bestPaired(row);
    const gain = row.alone === null || paired === null ? '' : plain(Number((paired / row.alone).toPrecision(3)));
    return [`${row.tokensPerUser}${row.fallenOff ? ' *' : ''}`, show(row.alone), show(paired), gain];
  });
  return table([['tok/s/user', 'GPUs alone, per MW', 'best with LPX, per MW', 'with / alone'], ...rows]);
}

function table(rows: readonly (readonly string[])[], align: readonly Align[] = []): string[] {
  return formatTable(
    rows.map((cells) => ({ cells })),
    align,
  ).map((line) => `${INDENT}${line}`);
}

/** How much a run's counts moved the fleet, and why. */
export function movedText({ medianMoved, widthMoved, reason }: BridgePart): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return `Your run moved the fleet median by ${percent(medianMoved)} and the 80 % width by ${percent(widthMoved)}: ${reason}.`;
}

function bridgeSection({ bridge, run }: FleetReport): string[] {
  const counts = [...bridge.counts, bridge.fleetModel].map((entry) => [
    entry.from ?? `${entry.model} (the fleet's, from its shape)`,
    `${formatQuantity(entry.flopsPerToken, 'FLOP')} a token`,
    entry.bytesPerToken === null ? '' : `${formatQuantity(entry.bytesPerToken, 'bytes')} a token`,
  ]);
  return [
    '3. The bridge: what your device may tell the fleet',
    ...wrap(run ? movedText(bridge) : 'No result file was given, so nothing crosses.', INDENT),
    ...wrap(
      `Only what holds on any hardware may cross. These stay on your device: ${bridge.staysHere.join(', ')}.`,
      INDENT,
    ),
    ...bridge.quantities.flatMap(({ what, measured, crosses, fleetTakes }) =>
      wrap(
        `${what}: ${measured ?? 'not measured'}, ${crosses ? 'crosses' : 'does not cross'}; the fleet takes ${fleetTakes}`,
        `${INDENT}- `,
        `${INDENT}  `,
      ),
    ),
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

function valueText({ value, lo, hi, unit }: SourceEntry): string {
  const suffix = unit === '1' ? '' : ` ${unit}`;
  if (lo === hi) return ` = ${plain(value)}${suffix}`;
  return ` = ${plain(value)}${suffix} [${plain(lo)}, ${plain(hi)}]`;
}

function factor(log: number): string {
  return Math.exp(log).toPrecision(3);
}
