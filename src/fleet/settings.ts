// The one table of the fleet's settings: flags, defaults, ranges and help. Knows no command line and no formula.
import { UserError, unknownValue } from '../core/errors.ts';
import { MODELS } from './catalogue.ts';
import { READINGS } from './share-reading.ts';

interface SettingBase {
  readonly help: string;
  /** Where a default that is a claim about the world comes from. */
  readonly source?: string;
}
export type SettingSpec = SettingBase &
  (
    | { readonly type: 'text'; readonly default: string; readonly choices: readonly string[] }
    | {
        readonly type: 'number';
        readonly default: number;
        readonly min: number;
        readonly max: number;
        readonly integer?: boolean;
      }
    /** null: drawn from the range of the named constant; a given value is taken as exact. */
    | {
        readonly type: 'prior';
        readonly default: null;
        readonly constant: string;
        readonly min: number;
        readonly max: number;
      }
  );

export const FLEET_SETTINGS = {
  gpus: {
    type: 'number',
    default: 1e6,
    min: 1,
    max: 1e9,
    integer: true,
    help: 'GPU packages in the fleet',
    source: 'AWS and NVIDIA: 1 million GPUs by the end of 2027 (Reuters 2026-03-19)',
  },
  share: {
    type: 'number',
    default: 0.25,
    min: 0,
    max: 1,
    help: 'share that is paired with LPX, 0 to 1; of what, reading says',
    source:
      "about 25 % of the Vera Rubins, Jensen Huang's correction in the All-In interview (2026-03); other readings: 25 % of the data centre, of its space, of workloads",
  },
  reading: {
    type: 'text',
    default: 'rubins',
    choices: Object.keys(READINGS),
    help: 'what the share is a share of: Rubin GPUs, all GPUs of the data centre, racks, or workload in output tokens',
  },
  model: {
    type: 'text',
    default: 'llama-3.1-70b',
    choices: MODELS.map((model) => model.name),
    help: 'model that the fleet serves',
  },
  precision: { type: 'text', default: 'fp8', choices: ['fp8', 'fp4'], help: 'weight precision of the measured points' },
  isl: { type: 'number', default: 1024, min: 1, max: 1e6, integer: true, help: 'input tokens of a request' },
  osl: { type: 'number', default: 1024, min: 1, max: 1e6, integer: true, help: 'output tokens of a request' },
  'user-rate': { type: 'number', default: 50, min: 0.1, max: 1e5, help: 'tokens per second that each user gets' },
  'rubin-share': {
    type: 'prior',
    default: null,
    constant: 'fleet/rubin-share',
    min: 0,
    max: 1,
    help: 'share of Rubin in the fleet, the rest being Blackwell, 0 to 1',
  },
  'lpx-racks': {
    type: 'prior',
    default: null,
    constant: 'lpx/racks-per-nvl72',
    min: 0.01,
    max: 100,
    help: 'LPX racks beside each attached NVL72 rack',
  },
  'lpx-rack-kw': {
    type: 'prior',
    default: null,
    constant: 'power/lpx-rack-kw',
    min: 1,
    max: 10000,
    help: 'power of an LPX rack, kW',
  },
  'lpx-gain': {
    type: 'prior',
    default: null,
    constant: 'lpx/interactivity-gain',
    min: 1,
    max: 100,
    help: 'factor on tokens/s/user that LPX gives at equal throughput',
  },
  utilisation: {
    type: 'prior',
    default: null,
    constant: 'fleet/utilisation',
    min: 0.001,
    max: 1,
    help: 'served over capacity, up to 1',
  },
  seed: { type: 'number', default: 1, min: 0, max: 4294967295, integer: true, help: 'seed of the Monte Carlo' },
} as const satisfies Record<string, SettingSpec>;

export type FleetSettingName = keyof typeof FLEET_SETTINGS;
type ValueOf<S extends SettingSpec> = S extends { type: 'text' }
  ? string
  : S extends { type: 'number' }
    ? number
    : number | null;
export type FleetSettings = { readonly [K in FleetSettingName]: ValueOf<(typeof FLEET_SETTINGS)[K]> };

export const DEFAULT_FLEET_SETTINGS: FleetSettings = Object.fromEntries(
  Object.entries(FLEET_SETTINGS).map(([name, spec]) => [name, spec.default]),
) as unknown as FleetSettings;

/** Settings from flag texts by name; what is not given keeps its default. A UserError names an unknown or bad one. */
export function parseFleetSettings(given: Readonly<Record<string, string>>): FleetSettings {
  const parsed: Record<string, string | number> = {};
  for (const [name, text] of Object.entries(given)) {
    if (!(name in FLEET_SETTINGS)) unknownValue('fleet setting', name, Object.keys(FLEET_SETTINGS));
    const spec: SettingSpec = FLEET_SETTINGS[name as FleetSettingName];
    parsed[name] = spec.type === 'text' ? text : text.trim() === '' ? Number.NaN : Number(text);
  }
  return checkFleetSettings({ ...DEFAULT_FLEET_SETTINGS, ...parsed });
}

/** Returns the settings; a UserError names the first that is out of range, not a number, or unknown. */
export function checkFleetSettings(settings: FleetSettings): FleetSettings {
  for (const [name, spec] of Object.entries(FLEET_SETTINGS) as [FleetSettingName, SettingSpec][]) {
    const value = settings[name];
    if (spec.type === 'text') {
      if (!spec.choices.includes(String(value)))
        unknownValue(name === 'model' ? 'fleet model' : name, String(value), spec.choices);
    } else if (value !== null || spec.type === 'number') checkNumber(name, spec, value);
  }
  return settings;
}

function checkNumber(name: string, spec: Extract<SettingSpec, { min: number }>, value: string | number | null): void {
  const whole = spec.type === 'number' && spec.integer === true;
  const fits = typeof value === 'number' && value >= spec.min && value <= spec.max;
  if (fits && (!whole || Number.isInteger(value))) return;
  const kind = whole ? 'a whole number' : 'a number';
  throw new UserError(`--${name} ${value}: must be ${kind} from ${spec.min} to ${spec.max} (${spec.help})`);
}
