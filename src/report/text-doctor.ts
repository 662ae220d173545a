// What the doctor found as text: the browser, every set of flags tried, the adapter, the clock, and what to do next.
import { WARNINGS } from '../core/warnings.ts';
import type { Environment, Timer } from '../results/schema.ts';
import { adapterName, timerText } from './environment.ts';
import type { Paint } from './text-table.ts';
import { formatQuantity } from './units.ts';
import { wrap } from './wrap.ts';

export interface DoctorReport {
  readonly browser: { readonly path: string; readonly source: string; readonly version: string };
  /** In the order tried; the last one is what a run would use. */
  readonly attempts: readonly DoctorAttempt[];
  readonly environment: Environment | null;
  readonly timer: Timer | null;
  /** Device files of GPUs that a Linux kernel shows; null on other systems. */
  readonly gpuNodes: readonly string[] | null;
  readonly verdict: 'gpu' | 'software' | 'none';
  /** What `--lane native` would get. */
  readonly native: NativeDoctorReport;
  /** Why there is no GPU, where that can be told, and what to do next. */
  readonly advice: readonly string[];
}

/** Dawn in Node, without a browser. */
export interface NativeDoctorReport {
  readonly environment: Environment | null;
  readonly timer: Timer | null;
  /** Why there is no adapter; null when there is one. */
  readonly problem: string | null;
}

export interface DoctorAttempt {
  readonly name: string;
  readonly flags: readonly string[];
  readonly outcome: string;
}

const BYTE_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'] as const;
const COUNT_LIMITS = ['maxComputeInvocationsPerWorkgroup', 'maxStorageBuffersPerShaderStage'] as const;
const LABEL_WIDTH = 35;

/** The doctor of the native lane alone. */
export function formatNativeDoctorText(report: NativeDoctorReport, paint: Paint): string {
  const { environment, timer, problem } = report;
  const section = sectionWith(paint);
  if (!environment) return [paint('bold', 'no WebGPU adapter in Node'), ...wrap(problem ?? '', '  ')].join('\n');
  const verdict = environment.adapter.isSoftware ? 'software' : 'gpu';
  return [
    paint('bold', verdictText({ verdict, environment })),
    section('Node', [
      ...fact('version', environment.browser.userAgent),
      ...fact('flags', environment.browser.flags.join(' ')),
    ]),
    section('adapter', adapterLines(environment)),
    ...(timer ? [section('clock', clockLines(environment, timer))] : []),
    section('next', ['  - npm run bench -- --lane native --suite kernels']),
  ].join('\n\n');
}

function sectionWith(paint: Paint): (title: string, lines: readonly string[]) => string {
  return (title, lines) => [paint('dim', title), ...lines].join('\n');
}

function nativeText({ environment, timer, problem }: NativeDoctorReport): string[] {
  if (!environment) return fact('adapter', problem ?? 'none');
  const { adapter, browser } = environment;
  return [
    ...fact('adapter', `${adapterName(adapter)}${adapter.isSoftware ? ' (software)' : ''}`),
    ...fact('through', browser.userAgent),
    ...(timer ? fact('timer', timerText(timer)) : []),
  ];
}

export function formatDoctorText(report: DoctorReport, paint: Paint): string {
  const { environment, timer, attempts, advice, native } = report;
  const section = sectionWith(paint);
  const blocks = [
    paint('bold', verdictText(report)),
    section('browser', browserLines(report)),
    section('flags tried', attempts.flatMap(attemptLines)),
    ...(environment ? [section('adapter', adapterLines(environment))] : []),
    ...(environment && timer ? [section('clock', clockLines(environment, timer))] : []),
    section('without a browser (--lane native)', nativeText(native)),
    section(
      'next',
      advice.flatMap((sentence) => wrap(sentence, '  - ', '    ')),
    ),
  ];
  return blocks.join('\n\n');
}

function verdictText({ verdict, environment }: Pick<DoctorReport, 'verdict' | 'environment'>): string {
  if (!environment || verdict === 'none') return 'no WebGPU adapter: nothing can be measured';
  const name = adapterName(environment.adapter);
  return verdict === 'gpu' ? `${name}: ready` : `${name}\n${WARNINGS['software-adapter']}`;
}

function browserLines({ browser, environment, gpuNodes }: DoctorReport): string[] {
  const os = environment ? [environment.os.name, environment.os.architecture].filter(Boolean).join(', ') : null;
  return [
    ...fact('path', `${browser.path} (${browser.source})`),
    ...fact('version', browser.version),
    ...(os ? fact('system', os) : []),
    ...(gpuNodes ? fact('GPU device files', gpuNodes.join(', ') || 'none') : []),
  ];
}

function attemptLines({ name, flags, outcome }: DoctorAttempt): string[] {
  const [first = ''] = outcome.split('\n', 1);
  return [...fact(name, first), ...wrap(flags.join(' '), ' '.repeat(LABEL_WIDTH + 2))];
}

function adapterLines({ adapter }: Environment): string[] {
  const { vendor, architecture, device, description, features, limits } = adapter;
  const has = (feature: string, without: string): string[] =>
    fact(feature, features.includes(feature) ? 'yes' : `no${without}`);
  return [
    ...fact('identity', [vendor, architecture, device, description].filter(Boolean).join(', ') || 'no name given'),
    ...fact('software', adapter.isSoftware ? 'yes' : 'no'),
    ...has('timestamp-query', ': times are slopes of wall time'),
    ...has('shader-f16', ': f16 cases are skipped'),
    ...has('subgroups', ''),
    ...BYTE_LIMITS.flatMap((name) => (limits[name] ? fact(name, formatQuantity(limits[name], 'bytes')) : [])),
    ...COUNT_LIMITS.flatMap((name) => (limits[name] ? fact(name, String(limits[name])) : [])),
    ...fact('all features', features.join(' ')),
  ];
}

function clockLines({ crossOriginIsolated }: Environment, timer: Timer): string[] {
  const { clockStepNs, completionNs, gpuOverWall, reason } = timer;
  return [
    ...fact('isolated', crossOriginIsolated ? 'yes' : 'no: the wall clock is coarse'),
    ...fact('timer', `${timerText(timer)}: ${reason}`),
    ...fact('wall clock step', formatQuantity(clockStepNs, 'ns')),
    ...fact('empty queue done after', formatQuantity(completionNs, 'ns')),
    ...(gpuOverWall === null ? [] : fact('GPU time / wall time', formatQuantity(gpuOverWall, '1'))),
  ];
}

function fact(label: string, value: string): string[] {
  return wrap(value, `  ${label.padEnd(LABEL_WIDTH)}`, ' '.repeat(LABEL_WIDTH + 2));
}
