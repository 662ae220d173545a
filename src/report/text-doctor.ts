// What the doctor found as text: the browser, every set of flags tried, the adapter, the clock, and what to do next.
import { WARNINGS } from '../core/warnings.ts';
import type { Environment, Timer } from '../results/schema.ts';
import { adapterName, timerText } from './environment.ts';
import { formatTable, indent, type Paint, type TableRow } from './text-table.ts';
import { formatQuantity } from './units.ts';

export interface DoctorReport {
  readonly browser: { readonly path: string; readonly source: string; readonly version: string };
  /** In the order tried; the last one is what a run would use. */
  readonly attempts: readonly DoctorAttempt[];
  readonly environment: Environment | null;
  readonly timer: Timer | null;
  /** Device files of GPUs that a Linux kernel shows; null on other systems. */
  readonly gpuNodes: readonly string[] | null;
  readonly verdict: 'gpu' | 'software' | 'none';
  /** Why there is no GPU, where that can be told, and what to do next. */
  readonly advice: readonly string[];
}

export interface DoctorAttempt {
  readonly name: string;
  readonly flags: readonly string[];
  readonly outcome: string;
}

const KEY_LIMITS = [
  ['maxBufferSize', 'bytes'],
  ['maxStorageBufferBindingSize', 'bytes'],
  ['maxComputeWorkgroupStorageSize', 'bytes'],
  ['maxComputeInvocationsPerWorkgroup', '1'],
  ['maxStorageBuffersPerShaderStage', '1'],
] as const;

export function formatDoctorText(report: DoctorReport, paint: Paint): string {
  const blocks = [
    paint('bold', verdictText(report)),
    section('browser', browserRows(report), paint),
    section('flags tried', report.attempts.map(attemptRow), paint),
    ...(report.environment ? [section('adapter', adapterRows(report.environment), paint)] : []),
    ...(report.environment && report.timer
      ? [section('clock', clockRows(report.environment, report.timer), paint)]
      : []),
    section(
      'next',
      report.advice.map((cell) => ({ cells: [cell] })),
      paint,
    ),
  ];
  return blocks.join('\n\n');
}

function verdictText({ verdict, environment }: DoctorReport): string {
  if (!environment || verdict === 'none') return 'no WebGPU adapter: nothing can be measured';
  const name = adapterName(environment.adapter);
  return verdict === 'gpu' ? `${name}: ready` : `${name}: ${WARNINGS['software-adapter']}`;
}

function section(title: string, rows: readonly TableRow[], paint: Paint): string {
  return [paint('dim', title), ...formatTable(rows, []).map((line) => indent(line))].join('\n');
}

function browserRows({ browser, environment, gpuNodes }: DoctorReport): TableRow[] {
  const os = environment ? [environment.os.name, environment.os.architecture].filter(Boolean).join(', ') : null;
  return [
    row('path', `${browser.path} (${browser.source})`),
    row('version', browser.version),
    ...(os ? [row('system', os)] : []),
    ...(gpuNodes ? [row('GPU device files', gpuNodes.join(', ') || 'none')] : []),
  ];
}

function attemptRow({ name, flags, outcome }: DoctorAttempt): TableRow {
  return { cells: [name, outcome.split('\n', 1)[0]!, flags.join(' ')] };
}

function adapterRows({ adapter }: Environment): TableRow[] {
  const { vendor, architecture, device, description, features, limits } = adapter;
  const texts = [vendor, architecture, device, description].filter((text) => text !== '').join(', ') || 'no name given';
  return [
    row('identity', texts),
    row('software', adapter.isSoftware ? 'yes' : 'no'),
    row('timestamp-query', features.includes('timestamp-query') ? 'yes' : 'no'),
    row('shader-f16', features.includes('shader-f16') ? 'yes' : 'no: f16 cases are skipped'),
    row('subgroups', features.includes('subgroups') ? 'yes' : 'no'),
    ...KEY_LIMITS.flatMap(([name, unit]) =>
      limits[name] === undefined ? [] : [row(name, formatQuantity(limits[name], unit))],
    ),
    row('all features', features.join(' ')),
  ];
}

function clockRows({ crossOriginIsolated }: Environment, timer: Timer): TableRow[] {
  const { clockStepNs, completionNs, gpuOverWall, reason } = timer;
  return [
    row('isolated', crossOriginIsolated ? 'yes' : 'no: the wall clock is coarse'),
    row('timer', `${timerText(timer)}: ${reason}`),
    row('wall clock step', formatQuantity(clockStepNs, 'ns')),
    row('empty queue done after', formatQuantity(completionNs, 'ns')),
    ...(gpuOverWall === null ? [] : [row('GPU time / wall time', formatQuantity(gpuOverWall, '1'))]),
  ];
}

function row(label: string, value: string): TableRow {
  return { cells: [label, value] };
}
