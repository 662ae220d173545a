// What a pairing study is asked: workload, fleet, and every contested reading as a switch. Knows no formula.
import { UserError, unknownValue } from '../../core/errors.ts';
import { ARCHITECTURES, type Architecture, findArchitecture } from '../serving/catalogue.ts';
import { type Reading, readingNamed } from '../share-reading.ts';
import { MODES, type Mode } from './modes.ts';

export interface PairingSettings {
  readonly model: string;
  readonly precision: string;
  readonly isl: number;
  readonly osl: number;
  readonly cacheHit: number;
  readonly tokensPerUser: number;
  readonly gpus: number;
  readonly share: number;
  readonly reading: Reading;
  /** The best of the three by tokens per joule, or one of them. */
  readonly mode: Mode | 'best';
  readonly speculation: boolean;
  /** Racks per NVL72; null: solved from capacity and rate matching. */
  readonly racksPerNvl72: number | null;
  /** Constants fixed by the user, by id. */
  readonly given: Readonly<Record<string, number>>;
  /** Prices in US dollars, by GPU with its share of the rack, and by LPX rack; null: not given, and none is published. */
  readonly gpuUsd: number | null;
  readonly rackUsd: number | null;
  /** Shares of site power, from the slowest tier to the fastest. */
  readonly tiers: readonly number[];
  readonly seed: number;
  /** Counted flops per token over those of the model's shape; 1 without a count. */
  readonly flopsFactor: number;
}

const PRECISIONS = ['bf16', 'fp8', 'fp4'];

export const TIER_IDS = ['tier/free', 'tier/medium', 'tier/high', 'tier/premium'] as const;

export const DEFAULT_PAIRING: PairingSettings = {
  model: 'deepseek-r1',
  precision: 'fp4',
  isl: 1024,
  osl: 1024,
  cacheHit: 0,
  tokensPerUser: 400,
  gpus: 1e6,
  share: 0.25,
  reading: 'rubins',
  mode: 'best',
  speculation: true,
  racksPerNvl72: null,
  given: {},
  gpuUsd: null,
  rackUsd: null,
  tiers: [0.25, 0.25, 0.25, 0.25],
  seed: 1,
  flopsFactor: 1,
};

/** The model asked for; a UserError lists those known. */
export function modelOf({ model }: PairingSettings): Architecture {
  return (
    findArchitecture(model) ??
    unknownValue(
      'model',
      model,
      ARCHITECTURES.map(({ name }) => name),
    )
  );
}

interface Range {
  readonly flag: string;
  readonly value: number | null;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

/** Returns the settings; a UserError names the first that is out of range or unknown. */
export function checkPairing(settings: PairingSettings): PairingSettings {
  const s = settings;
  modelOf(s);
  if (!PRECISIONS.includes(s.precision)) unknownValue('precision', s.precision, PRECISIONS);
  readingNamed(s.reading);
  if (s.mode !== 'best' && !MODES.includes(s.mode)) unknownValue('mode', s.mode, ['best', ...MODES]);
  const ranges: readonly Range[] = [
    { flag: 'isl', value: s.isl, min: 1, max: 1e6, whole: true },
    { flag: 'osl', value: s.osl, min: 1, max: 1e6, whole: true },
    { flag: 'cache-hit', value: s.cacheHit, min: 0, max: 0.99 },
    { flag: 'user-rate', value: s.tokensPerUser, min: 0.1, max: 1e5 },
    { flag: 'gpus', value: s.gpus, min: 1, max: 1e9, whole: true },
    { flag: 'share', value: s.share, min: 0, max: 1 },
    { flag: 'lpx-racks', value: s.racksPerNvl72, min: 0.01, max: 1000 },
    { flag: 'rubin-share', value: s.given['fleet/rubin-share'] ?? null, min: 0.001, max: 1 },
    { flag: 'lpx-rack-kw', value: s.given['power/lpx-rack-kw'] ?? null, min: 1, max: 10_000 },
    { flag: 'rubin-kw', value: s.given['power/rubin-kw'] ?? null, min: 0.1, max: 100 },
    { flag: 'gpu-usd', value: s.gpuUsd, min: 1, max: 1e9 },
    { flag: 'lpx-rack-usd', value: s.rackUsd, min: 1, max: 1e12 },
    { flag: 'seed', value: s.seed, min: 0, max: 4294967295, whole: true },
  ];
  for (const range of ranges) checkRange(range);
  checkTiers(s.tiers);
  return s;
}

function checkRange({ flag, value, min, max, whole }: Range): void {
  if (value === null || (value >= min && value <= max && (!whole || Number.isInteger(value)))) return;
  throw new UserError(`--${flag} ${value}: must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`);
}

function checkTiers(tiers: readonly number[]): void {
  const sum = tiers.reduce((a, b) => a + b, 0);
  if (tiers.length === TIER_IDS.length && tiers.every((x) => x >= 0 && x <= 1) && Math.abs(sum - 1) < 1e-6) return;
  throw new UserError(
    `--tiers ${tiers.join(',')}: must be ${TIER_IDS.length} shares of power that add up to 1, from the slowest tier to the fastest`,
  );
}
