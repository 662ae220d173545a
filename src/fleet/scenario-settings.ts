// The one table of what a fleet scenario is asked: flags, URL parameters, defaults, bounds and help. Knows no formula.
import { constantValue, findConstant } from './catalogue.ts';
import { MODES } from './pairing/modes.ts';
import { ARCHITECTURES } from './serving/catalogue.ts';
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
    /** null: not given, and solved by the model or left out; a given value is taken as exact. */
    | { readonly type: 'solved'; readonly default: null; readonly min: number; readonly max: number }
  );

export const SETTINGS = {
  gpus: {
    type: 'number',
    default: 1e6,
    min: 8,
    max: 10_000_000,
    integer: true,
    help: 'GPUs in the fleet: packages, or dies where count says so',
    source: 'AWS and NVIDIA: 1 million GPUs by the end of 2027 (Reuters 2026-03-19)',
  },
  count: text('packages', ['packages', 'dies'], 'what one GPU is: a package, or one of its two dies'),
  share: {
    type: 'number',
    default: 0.25,
    min: 0,
    max: 1,
    help: 'share that is paired with LPX once pairing is broad, 0 to 1; of what, reading says',
    source:
      "about 25 % of the Vera Rubins, Jensen Huang's correction in the All-In interview (2026-03); other readings: 25 % of the data centre, of its space, of workloads",
  },
  reading: text(
    'rubins',
    Object.keys(READINGS),
    'what the share is a share of: Rubin GPUs, all GPUs of the data centre, racks, or workload in output tokens',
  ),
  model: {
    type: 'text',
    default: 'llama-3.1-70b',
    // Asked each time: a user's catalogue adds models.
    get choices(): readonly string[] {
      return ARCHITECTURES.map(({ name }) => name);
    },
    help: 'model that the fleet serves',
  },
  precision: text('fp8', ['bf16', 'fp8', 'fp4'], 'weights on the GPUs'),
  isl: whole(1024, 1, 1e6, 'input tokens of a request'),
  osl: whole(1024, 1, 1e6, 'output tokens of a request'),
  'cache-hit': number(0, 0, 0.99, 'share of every prompt found in the prefix cache, 0 to 0.99'),
  'user-rate': number(50, 0.1, 1e5, 'tokens per second that each user gets'),
  mode: text('best', ['best', ...MODES], 'how LPX is used: the best by tokens per joule, or one published mode'),
  speculation: text('on', ['on', 'off'], 'whether either side may draft tokens'),
  'tier-free': number(0.25, 0, 1, "share of the Rubins' power for the free tier, 0 to 1 (12.5 tokens/s/user)"),
  'tier-medium': number(0.25, 0, 1, 'the same for the medium tier (50 tokens/s/user)'),
  'tier-high': number(0.25, 0, 1, 'the same for the high tier (100); what is left is the premium tier (400)'),
  sites: {
    ...whole(constantValue('rollout/sites'), 1, 32, 'sites, of equal size'),
    source: findConstant('rollout/sites').source,
  },
  quarters: whole(12, 8, 20, 'quarters shown, from Q1 2026'),
  liftable: {
    ...number(
      constantValue('rollout/liftable-share'),
      0,
      1,
      "share of the Rubins' work that is fast enough for LPX to lift, 0 to 1",
    ),
    source: findConstant('rollout/liftable-share').source,
  },
  'power-gw': prior('rollout/power-gw-year', 0.01, 20, 'site power that AWS adds, for everything, GW a year'),
  'power-share': prior('rollout/power-share', 0.01, 1, 'share of that power for this fleet, up to 1'),
  'rubin-kw': prior('power/rubin-kw', 0.1, 100, 'site power of a Rubin GPU, kW'),
  'newer-2026': prior('rollout/newer-share-2026', 0, 1, 'share of Rubin delivered in the second half of 2026'),
  'newer-2027': prior('rollout/newer-share-2027', 0, 1, 'share of Rubin delivered from 2027 on'),
  'ultra-share': prior('rollout/ultra-share', 0, 1, 'share of Blackwell Ultra in the Blackwell delivered'),
  'spectrum-share': prior('rollout/spectrum-share', 0, 1, 'share of sites on Spectrum-X rather than EFA'),
  'lpx-racks': solved(
    0.01,
    1000,
    'LPX racks beside each attached NVL72 rack; left alone, solved from capacity and rates',
  ),
  'lpx-rack-kw': prior('power/lpx-rack-kw', 1, 10_000, 'power of an LPX rack, kW'),
  'gpu-usd': solved(1, 1e9, 'price of a GPU with its share of rack and network, $, for equal spend: none is published'),
  'lpx-rack-usd': solved(1, 1e12, 'price of an LPX rack, $, for equal spend: none is published'),
  utilisation: prior('fleet/utilisation', 0.001, 1, 'served over capacity, up to 1'),
  scenarios: whole(10_000, 200, 1_000_000, 'scenarios drawn'),
  rows: whole(256, 16, 4096, 'ways the serving model may be wrong, each as likely'),
  seed: whole(1, 0, 4294967295, 'seed of the Monte Carlo'),
} as const satisfies Record<string, SettingSpec>;

export type SettingName = keyof typeof SETTINGS;
export const SPECS = Object.entries(SETTINGS) as [SettingName, SettingSpec][];

function text<const C extends string>(otherwise: C, choices: readonly string[], help: string) {
  return { type: 'text', default: otherwise as string, choices, help } as const;
}

function whole(otherwise: number, min: number, max: number, help: string) {
  return { type: 'number', default: otherwise, min, max, integer: true, help } as const;
}

function number(otherwise: number, min: number, max: number, help: string) {
  return { type: 'number', default: otherwise, min, max, help } as const;
}

function prior(constant: string, min: number, max: number, help: string) {
  return { type: 'prior', default: null, constant, min, max, help } as const;
}

function solved(min: number, max: number, help: string) {
  return { type: 'solved', default: null, min, max, help } as const;
}
