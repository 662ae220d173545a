// The environment record → labelled lines, and the few words that name a machine. Knows no DOM.
import { WARNINGS } from '../core/warnings.ts';
import type { Environment, ResultFile, Session, Timer } from '../results/schema.ts';
import { formatQuantity } from './units.ts';

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** The most telling name the browser gives: description, else device, architecture and vendor. */
export function adapterName({ vendor, architecture, device, description }: Environment['adapter']): string {
  if (description !== '') return description;
  return [vendor, architecture, device].filter((part) => part !== '').join(' ') || 'an adapter that gives no name';
}

/** What a person called the device, else its adapter's name. */
export function deviceName({ label, adapter }: Environment): string {
  return label ?? adapterName(adapter);
}

/** The label that everything measured on a software adapter carries; null on hardware. */
export function softwareLabel(environment: Environment): string | null {
  return environment.adapter.isSoftware ? WARNINGS['software-adapter'] : null;
}

/** `timestamps, quantum 1.00 µs` or `wall-time slope, clock step 100 µs`. */
export function timerText(timer: Timer): string {
  if (timer.kind === 'timestamp') {
    const quantum = timer.quantumNs === null ? 'quantum unknown' : `quantum ${formatQuantity(timer.quantumNs, 'ns')}`;
    return `GPU timestamps, ${quantum}`;
  }
  return `slope of wall time, clock step ${formatQuantity(timer.clockStepNs, 'ns')}`;
}

/** All fields of a file that describe where and how it was measured. */
export function environmentFacts(file: ResultFile, session: Session): Fact[] {
  const { environment, tool, plan } = file;
  const { adapter, browser, os } = environment;
  const { timer } = session;
  const options = Object.entries(plan.nonDefault).map(([name, value]) => `${name}=${String(value)}`);
  const ratio = timer.gpuOverWall;
  return [
    ...(environment.label === undefined ? [] : [{ label: 'Device', value: environment.label }]),
    { label: 'Adapter', value: adapterName(adapter) },
    { label: 'Vendor, architecture', value: [adapter.vendor, adapter.architecture].filter(Boolean).join(', ') || '–' },
    { label: 'Device, driver', value: `${adapter.device || 'not named'}, ${adapter.driver ?? 'driver not told'}` },
    { label: 'Software adapter', value: adapter.isSoftware ? `yes: ${WARNINGS['software-adapter']}` : 'no' },
    { label: 'Fallback adapter', value: yesNo(adapter.isFallback) },
    { label: 'Lane', value: environment.lane },
    { label: 'Browser', value: `${browser.name} ${browser.version}${headlessText(browser.headless)}` },
    { label: 'Browser flags', value: browser.flags.join(' ') || 'none recorded' },
    { label: 'User agent', value: browser.userAgent },
    { label: 'System', value: [os.name, os.architecture].filter(Boolean).join(', ') },
    { label: 'Logical cores', value: String(environment.logicalCores) },
    { label: 'Cross-origin isolated', value: yesNo(environment.crossOriginIsolated) },
    { label: 'Timer', value: `${timerText(timer)} (${timer.reason})` },
    { label: 'Wall clock step', value: formatQuantity(timer.clockStepNs, 'ns') },
    { label: 'Completion of an empty queue', value: formatQuantity(timer.completionNs, 'ns') },
    { label: 'GPU time over wall time', value: ratio === null ? 'no timestamps' : formatQuantity(ratio, '1') },
    { label: 'Probe again at the end', value: sentinelText(session) },
    { label: 'Page hidden', value: session.hiddenMs > 0 ? formatQuantity(session.hiddenMs * 1e6, 'ns') : 'never' },
    { label: 'Power', value: session.power ?? 'not told' },
    { label: 'Runtimes', value: entriesText(environment.runtimes) || 'none' },
    { label: 'Fleetmark', value: toolText(tool) },
    { label: 'Suite, seed', value: `${plan.suite}, ${plan.seed}` },
    { label: 'Options that differ from the defaults', value: options.join('  ') || 'none' },
    { label: 'Session', value: `${session.startedAt}, ${session.state}, ${session.id}` },
    ...(session.blockId === undefined ? [] : [{ label: 'Compared as a pair in block', value: session.blockId }]),
    { label: 'File', value: `${file.id}, format ${file.schemaVersion}, ${file.createdAt}` },
    { label: 'Features', value: adapter.features.join(', ') || 'none' },
    { label: 'Limits', value: entriesText(adapter.limits) },
  ];
}

/** How much slower the machine was at the end of the session than at its start. */
function sentinelText({ sentinel }: Session): string {
  if (!sentinel) return 'not run';
  return `${sentinel.id} took ${formatQuantity(sentinel.ratio, '1')} times as long as at the start`;
}

function headlessText(headless: boolean | null): string {
  if (headless === null) return '';
  return headless ? ', headless' : ', in a window';
}

function toolText({ version, commit, dirty }: ResultFile['tool']): string {
  const source = commit === null ? 'unknown commit' : commit.slice(0, 12);
  return `${version}, ${source}${dirty ? ', with local changes' : ''}`;
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function entriesText(record: Readonly<Record<string, string | number>>): string {
  return Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
