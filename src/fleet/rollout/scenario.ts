// A rollout's scenario: its settings with their bounds, from a JSON file, from URL parameters or from flags, and back.
// Every nonsense value is an error that names it and its bound. Knows no draw.
import * as v from 'valibot';
import { UserError } from '../../core/errors.ts';
import { MODELS } from '../catalogue.ts';
import { FLEET_SETTINGS, type SettingSpec } from '../settings.ts';
import { findPrior, NEWER_CHIPS, OLDER_CHIPS } from './priors.ts';

const { model, precision, isl, osl, utilisation, seed } = FLEET_SETTINGS;

export const ROLLOUT_SETTINGS = {
  gpus: { ...FLEET_SETTINGS.gpus, min: 8, max: 10_000_000 },
  share: {
    type: 'number',
    default: FLEET_SETTINGS.share.default,
    min: 0,
    max: 1,
    help: 'share of Rubin GPUs with LPX racks beside them once pairing is broad, 0 to 1',
    source: FLEET_SETTINGS.share.source,
  },
  model: { ...model, choices: MODELS.map(({ name }) => name) },
  precision,
  isl,
  osl,
  'user-rate': FLEET_SETTINGS['user-rate'],
  older: names(OLDER_CHIPS, 'chip of the older generation'),
  newer: names(NEWER_CHIPS, 'chip of the newer generation, which LPX can stand beside'),
  sites: {
    type: 'number',
    default: findPrior('rollout/sites').value,
    min: 1,
    max: 32,
    integer: true,
    help: 'sites, of equal size',
    source: findPrior('rollout/sites').source,
  },
  quarters: { type: 'number', default: 12, min: 8, max: 20, integer: true, help: 'quarters shown, from Q1 2026' },
  liftable: {
    type: 'number',
    default: findPrior('rollout/liftable-share').value,
    min: 0,
    max: 1,
    help: "share of the Rubins' work that is fast enough for LPX to lift, 0 to 1",
    source: findPrior('rollout/liftable-share').source,
  },
  'power-gw': prior('rollout/power-gw-year', 0.01, 20, 'site power that AWS adds, for everything, GW a year'),
  'power-share': prior('rollout/power-share', 0.01, 1, 'share of that power for this fleet, up to 1'),
  'newer-2026': prior('rollout/newer-share-2026', 0, 1, 'share of Rubin delivered in the second half of 2026'),
  'newer-2027': prior('rollout/newer-share-2027', 0, 1, 'share of Rubin delivered from 2027 on'),
  'spectrum-share': prior('rollout/spectrum-share', 0, 1, 'share of sites on Spectrum-X rather than EFA'),
  'lpx-racks': FLEET_SETTINGS['lpx-racks'],
  'lpx-rack-kw': FLEET_SETTINGS['lpx-rack-kw'],
  'lpx-gain': FLEET_SETTINGS['lpx-gain'],
  utilisation,
  scenarios: { type: 'number', default: 10_000, min: 200, max: 1_000_000, integer: true, help: 'scenarios drawn' },
  seed,
} as const satisfies Record<string, SettingSpec>;

function names(chips: readonly { name: string }[], help: string) {
  return { type: 'text', default: chips[0]!.name, choices: chips.map(({ name }) => name), help } as const;
}

function prior(constant: string, min: number, max: number, help: string) {
  return { type: 'prior', default: null, constant, min, max, help } as const;
}

export type RolloutSettingName = keyof typeof ROLLOUT_SETTINGS;
type ValueOf<S extends SettingSpec> = S extends { type: 'text' }
  ? string
  : S extends { type: 'number' }
    ? number
    : number | null;
export type RolloutScenario = { readonly [K in RolloutSettingName]: ValueOf<(typeof ROLLOUT_SETTINGS)[K]> };

const SPECS = Object.entries(ROLLOUT_SETTINGS) as [RolloutSettingName, SettingSpec][];

export const DEFAULT_SCENARIO = Object.fromEntries(
  SPECS.map(([name, spec]) => [name, spec.default]),
) as RolloutScenario;

/** Scale-up domains of one generation at one site that can be drawn (kernels/rollout/binomial.ts). */
const MOST_DOMAINS = 65_535;
/** Headroom over the GPUs asked for: the deal's own uncertainty, four standard deviations up. */
const HEADROOM = 1.6;

/** A scenario from whatever a file held; what is absent keeps its default. A UserError names the first bad value. */
export function readScenario(json: unknown, from: string): RolloutScenario {
  const result = v.safeParse(scenarioSchema(), Array.isArray(json) ? 'a list' : json);
  if (!result.success) throw new UserError(`${from}: ${describeIssue(result.issues[0])}`);
  const scenario = { ...DEFAULT_SCENARIO, ...result.output } as RolloutScenario;
  checkDomains(scenario, from);
  return scenario;
}

/** A scenario from texts by name, as flags and URL parameters give them. */
export function parseScenario(
  given: Readonly<Record<string, string>>,
  from: string,
  base: Partial<RolloutScenario> = {},
): RolloutScenario {
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
export function scenarioToQuery(scenario: RolloutScenario): string {
  const params = new URLSearchParams();
  for (const [name, spec] of SPECS) {
    const value = scenario[name];
    if (value !== null && value !== spec.default) params.set(name, String(value));
  }
  return params.toString();
}

/** Inverse of scenarioToQuery; a UserError names an unknown or bad parameter. */
export function scenarioFromQuery(query: string): RolloutScenario {
  return parseScenario(Object.fromEntries(new URLSearchParams(query)), 'URL');
}

function scenarioSchema() {
  return v.strictObject(Object.fromEntries(SPECS.map(([name, spec]) => [name, v.optional(schemaOf(spec))])));
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
  return spec.type === 'prior' ? v.nullable(number) : number;
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

function checkDomains({ gpus, sites, older }: RolloutScenario, from: string): void {
  const domain = findPrior(OLDER_CHIPS.find(({ name }) => name === older)!.domain).value;
  const domains = Math.ceil((gpus * HEADROOM) / sites / domain);
  if (domains <= MOST_DOMAINS) return;
  const least = Math.ceil((gpus * HEADROOM) / MOST_DOMAINS / domain);
  throw new UserError(
    `${from}: ${gpus.toLocaleString('en-US')} gpus on ${sites} sites put up to ${domains.toLocaleString('en-US')} scale-up domains at one site; ` +
      `at most ${MOST_DOMAINS.toLocaleString('en-US')} are drawn: give at least ${least} sites`,
  );
}
