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
  /** Why there is no GPU, where that can be told, and what to do next. */
  readonly advice: readonly string[];
}

export interface DoctorAttempt {
  readonly name: string;
  readonly flags: readonly string[];
  readonly outcome: string;
}

const BYTE_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'] as const;
const COUNT_LIMITS = ['maxComputeInvocationsPerWorkgroup', 'maxStorageBuffersPerShaderStage'] as const;
const LABEL_WIDTH = 35;

export function formatDoctorText(report: DoctorReport, paint: Paint): string {
  const { environment, timer, attempts, advice } = report;
  const section = (title: string, lines: readonly string[]): string => [paint('dim', title), ...lines].join('\n');
  const blocks = [
    paint('bold', verdictText(report)),
    section('browser', browserLines(report)),
    section('flags tried', attempts.flatMap(attemptLines)),
    ...(environment ? [section('adapter', adapterLines(environment))] : []),
    ...(environment && timer ? [section('clock', clockLines(environment, timer))] : []),
    section(
      'next',
      advice.flatMap((sentence) => wrap(sentence, '  - ', '    ')),
    ),
  ];
  return blocks.join('\n\n');
}

function verdictText({ verdict, environment }: DoctorReport): string {
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
