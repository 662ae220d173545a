// Whether two files, and two measurements of one case, are about the same thing: what differs between them, and which
// differences forbid a verdict. Pure.
import type { Environment, ResultFile, Row } from './schema.ts';
import { type MeasuredCase, type MeasuredMetric, MUST_AGREE } from './session-values.ts';

export interface Difference {
  readonly what: string;
  readonly base: string;
  readonly next: string;
  /** True when it forbids a verdict, unless differing environments are what is being compared. */
  readonly forbids: boolean;
}

/** Everything that differs between the two files beside the numbers. */
export function listDifferences(base: ResultFile, next: ResultFile): Difference[] {
  return FACTS.map(({ what, forbids, read }) => ({ what, forbids, base: read(base), next: read(next) })).filter(
    (fact) => fact.base !== fact.next,
  );
}

interface EnvironmentFact {
  readonly what: string;
  readonly forbids: boolean;
  readonly read: (file: ResultFile) => string;
}

const FACTS: readonly EnvironmentFact[] = [
  { what: 'device label', forbids: true, read: ({ environment }) => environment.label ?? 'none' },
  { what: 'adapter', forbids: true, read: ({ environment }) => adapterText(environment) },
  { what: 'driver', forbids: true, read: ({ environment }) => environment.adapter.driver ?? 'not told' },
  { what: 'lane', forbids: true, read: ({ environment }) => environment.lane },
  { what: 'browser', forbids: true, read: ({ environment }) => browserMajor(environment) },
  { what: 'browser version', forbids: false, read: ({ environment }) => environment.browser.version },
  {
    what: 'measuring flags',
    forbids: true,
    read: ({ environment }) => listed(measuringFlags(environment.browser.flags)),
  },
  { what: 'timer', forbids: true, read: (file) => listed(file.sessions.map((session) => session.timer.kind)) },
  {
    what: 'operating system',
    forbids: false,
    read: ({ environment: { os } }) => `${os.name} ${os.architecture ?? ''}`.trim(),
  },
  { what: 'power', forbids: false, read: (file) => listed(file.sessions.flatMap(({ power }) => power ?? [])) },
  { what: 'isolated', forbids: false, read: ({ environment }) => String(environment.crossOriginIsolated) },
  {
    what: 'runtimes',
    forbids: false,
    read: ({ environment }) => listed(Object.entries(environment.runtimes).map((entry) => entry.join(' '))),
  },
  {
    what: 'build',
    forbids: false,
    read: ({ tool }) => `${tool.commit?.slice(0, 12) ?? tool.version}${tool.dirty ? ' with local changes' : ''}`,
  },
  { what: 'seed', forbids: false, read: ({ plan }) => String(plan.seed) },
  { what: 'options', forbids: false, read: ({ plan }) => JSON.stringify(plan.nonDefault) },
];

/**
 * Flags without which a browser does not start unattended, as root or in a container, and which no kernel can feel:
 * with or without them a file compares with one from a browser opened by hand.
 */
const STARTING_FLAGS = [
  /^--headless(=|$)/,
  /^--no-first-run$/,
  /^--no-default-browser-check$/,
  /^--no-startup-window$/,
  /^--no-sandbox$/,
  /^--disable-dev-shm-usage$/,
  /^--disable-background-networking$/,
  /^--disable-component-update$/,
  /^--mute-audio$/,
  /^--hide-scrollbars$/,
  /^--window-size=/,
  /^--user-data-dir=/,
  /^--remote-debugging-/,
] as const;

function measuringFlags(flags: readonly string[]): string[] {
  return flags.filter((flag) => !STARTING_FLAGS.some((pattern) => pattern.test(flag))).sort();
}

/** Every text an adapter gives of itself, so that two are told apart whenever the browser tells them apart. */
export function adapterText({ adapter }: Environment): string {
  const { vendor, architecture, device, description, isSoftware } = adapter;
  const texts = [vendor, architecture, device, description].filter((part) => part !== '').join(' ') || 'unnamed';
  return isSoftware ? `${texts} (software)` : texts;
}

export function browserMajor({ browser }: Environment): string {
  return `${browser.name} ${browser.version.split('.', 1)[0]}`.trim();
}

function listed(items: readonly string[]): string {
  return [...new Set(items)].sort().join(', ') || 'none';
}

/** Facts that say what was run, not how it went. */
const WORKLOAD_FACTS = ['promptTokens', 'newTokens', 'parameters', 'modelBytes', 'weights', 'inputs'] as const;

/** Why two measurements of one case must not be compared, whatever their figures; empty when they may. */
export function workloadFaults(base: MeasuredCase, next: MeasuredCase): string[] {
  const [first, second] = [base, next].map(({ rows }) => rows.find((row) => row.state === 'ok') ?? rows[0]!) as [
    Row,
    Row,
  ];
  const facts = WORKLOAD_FACTS.map((name) => [name, first.facts[name], second.facts[name]] as const);
  const flops = ['flops', first.cost?.flops, second.cost?.flops] as const;
  const differing = [...facts, flops]
    .filter(([, a, b]) => a !== undefined && b !== undefined && a !== b)
    .map(([name, a, b]) => `other workload: ${name} ${a} → ${b}`);
  return [...failureOf('base', base), ...failureOf('new', next), ...differing];
}

/** One failed check among several sessions is enough: a kernel that is sometimes wrong has no speed. */
function failureOf(side: 'base' | 'new', { rows }: MeasuredCase): string[] {
  const wrong = rows.filter((row) => row.state === 'failed' || row.verification?.state === 'failed');
  if (wrong.length > 0) return [`failed its accuracy check in ${side}${extent(wrong, rows)}: ${reasonOf(wrong[0]!)}`];
  if (rows.some((row) => row.state === 'ok')) return [];
  return [`${rows[0]!.state} in ${side}: ${reasonOf(rows[0]!)}`];
}

function extent(some: readonly Row[], all: readonly Row[]): string {
  return all.length > 1 ? ` (${some.length} of ${all.length} sessions)` : '';
}

function reasonOf(row: Row): string {
  return (row.reason ?? row.verification?.rule ?? 'no reason given').split('\n', 1)[0]!;
}

/** Which kernels the tuner chose: two files may be compared as tuned although each chose its own. Empty for other cases. */
export function choiceNotes(base: MeasuredCase, next: MeasuredCase): string[] {
  const [first, second] = [base, next].map(({ rows }) => [
    ...new Set(rows.flatMap(({ tuning }) => tuning?.chosen ?? [])),
  ]);
  if (first!.length === 0 || second!.length === 0) return [];
  const [a, b] = [first!.join(' or '), second!.join(' or ')];
  return [a === b ? `tuned to ${a}` : `tuned to ${a} → ${b}`];
}

/** The same for one metric: another definition or way of timing, also within one file, or values that have no ratio. */
export function metricFaults(base: MeasuredMetric, next: MeasuredMetric): string[] {
  const mixed = [
    ...base.mixed.map((what) => `sessions of base differ in ${what}`),
    ...next.mixed.map((what) => `sessions of new differ in ${what}`),
  ];
  const differing = MUST_AGREE.filter((key) => base.metric[key] !== next.metric[key]).map(
    (key) => `${key} ${base.metric[key]} → ${next.metric[key]}`,
  );
  const positive = [...base.values, ...next.values].every(({ value }) => value > 0);
  return [...mixed, ...differing, ...(positive ? [] : ['a value of zero or below has no ratio'])];
}
