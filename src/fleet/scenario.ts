// A fleet scenario: its settings with their bounds, from a JSON file, from URL parameters or from flags, and back.
// Every nonsense value is an error that names it and its bound. Knows no draw.
import * as v from 'valibot';
import { UserError } from '../core/errors.ts';
import { constantValue } from './catalogue.ts';
import { type SETTINGS, type SettingName, type SettingSpec, SPECS } from './scenario-settings.ts';

type ValueOf<S extends SettingSpec> = S extends { type: 'text' }
  ? string
  : S extends { type: 'number' }
    ? number
    : number | null;
export type Scenario = { readonly [K in SettingName]: ValueOf<(typeof SETTINGS)[K]> };

export const DEFAULT_SCENARIO = Object.fromEntries(SPECS.map(([name, spec]) => [name, spec.default])) as Scenario;

const SCENARIO_SCHEMA = v.strictObject(
  Object.fromEntries(SPECS.map(([name, spec]) => [name, v.optional(schemaOf(spec))])),
);

/** Scale-up domains of one generation at one site that can be drawn (kernels/rollout/binomial.ts). */
const MOST_DOMAINS = 65_535;
/** Headroom over the GPUs asked for: the deal's own uncertainty, four standard deviations up. */
const HEADROOM = 1.6;

/** A scenario from whatever a file held; what is absent keeps its default. A UserError names the first bad value. */
export function readScenario(json: unknown, from: string): Scenario {
  const result = v.safeParse(SCENARIO_SCHEMA, Array.isArray(json) ? 'a list' : json);
  if (!result.success) throw new UserError(`${from}: ${describeIssue(result.issues[0])}`);
  const scenario = { ...DEFAULT_SCENARIO, ...result.output } as Scenario;
  checkDomains(scenario, from);
  checkTiers(scenario, from);
  return scenario;
}

/** GPU packages of the fleet, whatever its GPUs are counted in. */
export function packagesOf({ gpus, count }: Pick<Scenario, 'gpus' | 'count'>): number {
  return Math.round(count === 'dies' ? gpus / constantValue('gpu/dies-per-package') : gpus);
}

/** A scenario from texts by name, as flags and URL parameters give them. */
export function parseScenario(
  given: Readonly<Record<string, string>>,
  from: string,
  base: Partial<Scenario> = {},
): Scenario {
  const parsed: Record<string, unknown> = { ...base };
  for (const [name, text] of Object.entries(given)) {
    const spec = SPECS.find(([known]) => known === name)?.[1];
    parsed[name] = spec?.type === 'text' ? text : toNumber(text);
  }
  return readScenario(parsed, from);
}

function toNumber(text: string): number | string {
  return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
}

/** `gpus=500000&share=0.5`: what differs from the defaults, in the order of the settings. */
export function scenarioToQuery(scenario: Scenario): string {
  const params = new URLSearchParams();
  for (const [name, spec] of SPECS) {
    const value = scenario[name];
    if (value !== null && value !== spec.default) params.set(name, String(value));
  }
  return params.toString();
}

/** What differs from the defaults as JSON, which readScenario takes. */
export function scenarioToJson(scenario: Scenario): string {
  const entries = SPECS.flatMap(([name, spec]) => (scenario[name] === spec.default ? [] : [[name, scenario[name]]]));
  return JSON.stringify(Object.fromEntries(entries), null, 1);
}

/** Inverse of scenarioToQuery; a UserError names an unknown or bad parameter. */
export function scenarioFromQuery(query: string): Scenario {
  return parseScenario(Object.fromEntries(new URLSearchParams(query)), 'URL');
}

function schemaOf(spec: SettingSpec): v.GenericSchema<unknown> {
  if (spec.type === 'text') return v.picklist(spec.choices, `must be one of ${spec.choices.join(', ')} (${spec.help})`);
  const whole = spec.type === 'number' && spec.integer === true;
  const range = `${spec.min.toLocaleString('en-US')} to ${spec.max.toLocaleString('en-US')}`;
  const message = `must be a ${whole ? 'whole ' : ''}number from ${range} (${spec.help})`;
  const number = v.pipe(
    v.number(message),
    v.check((x) => x >= spec.min && x <= spec.max && (!whole || Number.isInteger(x)), message),
  );
  return spec.default === null ? v.nullable(number) : number;
}

function describeIssue(issue: v.BaseIssue<unknown>): string {
  const name = issue.path?.map(({ key }) => String(key)).join('.') ?? '';
  const found = JSON.stringify(issue.input) ?? String(issue.input);
  if (issue.type === 'strict_object') {
    return name === ''
      ? `a scenario is an object of settings, not ${found}`
      : `unknown setting '${name}'. Known: ${SPECS.map(([known]) => known).join(', ')}`;
  }
  return `${name} ${found}: ${issue.message}`;
}

/** Shares of the Rubins' power by tier, from the slowest to the fastest, which has what the others leave. */
export function tiersOf(scenario: Scenario): readonly number[] {
  const slower = [scenario['tier-free'], scenario['tier-medium'], scenario['tier-high']];
  return [...slower, Math.max(0, 1 - slower.reduce((a, b) => a + b, 0))];
}

function checkTiers(scenario: Scenario, from: string): void {
  const [free, medium, high] = tiersOf(scenario) as [number, number, number];
  if (free + medium + high <= 1 + 1e-9) return;
  throw new UserError(
    `${from}: tier-free ${free}, tier-medium ${medium} and tier-high ${high}: must add up to at most 1`,
  );
}

function checkDomains(scenario: Scenario, from: string): void {
  const { sites } = scenario;
  const gpus = packagesOf(scenario);
  const domain = constantValue('nvl72/gpus');
  const domains = Math.ceil((gpus * HEADROOM) / sites / domain);
  if (domains <= MOST_DOMAINS) return;
  const least = Math.ceil((gpus * HEADROOM) / MOST_DOMAINS / domain);
  throw new UserError(
    `${from}: ${gpus.toLocaleString('en-US')} gpus on ${sites} sites put up to ${domains.toLocaleString('en-US')} scale-up domains at one site; ` +
      `at most ${MOST_DOMAINS.toLocaleString('en-US')} are drawn: give at least ${least} sites`,
  );
}
