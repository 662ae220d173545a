// Every number that enters a rollout with the source it leads to: constants as the scenario sets them, specifications, the model's
// shape. Knows no arithmetic.
import { FACTORS } from '../../core/rollout.ts';
import { type Constant, findConstant } from '../catalogue.ts';
import type { Basis } from '../figure.ts';
import { BLACKWELL_CHIP } from '../pairing/fleet-of-pairs.ts';
import { BLACKWELL_ULTRA_CHIP, type Rates } from '../pairing/rates.ts';
import { RUBIN_CHIP } from '../pairing/site.ts';
import type { Scenario } from '../scenario.ts';
import { SETTINGS } from '../scenario-settings.ts';
import { type Accelerator, type Architecture, findAccelerator } from '../serving/catalogue.ts';
import { FACTOR_WORDS, PRIOR_SETTINGS } from './factors.ts';
import { architectureOf } from './inputs.ts';

export type SourceEntry = Pick<
  Constant,
  'id' | 'what' | 'value' | 'lo' | 'hi' | 'unit' | 'source' | 'date' | 'note'
> & { readonly basis: Basis };

/** Every constant that enters, as the scenario sets it. */
export function sourcesOf(scenario: Scenario, { study }: Rates): SourceEntry[] {
  const { experts } = architectureOf(scenario);
  const drift = experts ? 'rollout/drift-moe' : 'rollout/drift-dense';
  const fixed = ['rollout/liftable-share', 'rollout/sites', 'nvl72/gpus', 'fleet/rubin-share'];
  if (scenario.count === 'dies') fixed.push('gpu/dies-per-package');
  const serving = new Map(study.sources.map((constant) => [constant.id, constant]));
  const ids = [...FACTORS.flatMap((factor) => FACTOR_WORDS[factor].priors), ...study.allIds, ...fixed].filter(
    (id) => !id.startsWith('rollout/drift-') || id === drift || id === 'rollout/drift-quarters',
  );
  const constants = [...new Set(ids)].map((id): SourceEntry => {
    const { what, value, lo, hi, unit, source, date, note, basis } = serving.get(id) ?? findConstant(id);
    const setting = PRIOR_SETTINGS[id];
    const given = setting === undefined ? null : scenario[setting];
    const unchanged = id === 'rollout/liftable-share' || id === 'rollout/sites' ? given === value : given === null;
    if (setting === undefined || typeof given !== 'number' || unchanged) {
      return { id, what, value, lo, hi, unit, source, date, note, basis };
    }
    const { help } = SETTINGS[setting];
    const exact = { value: given, lo: given, hi: given, basis: 'given' } as const;
    return { id, what: help, ...exact, unit, source: `given by the user as ${setting}`, date: '', note: '' };
  });
  const chips = [BLACKWELL_CHIP, BLACKWELL_ULTRA_CHIP, RUBIN_CHIP].map((name) => specification(findAccelerator(name)!));
  return [...constants, ...chips, shape(architectureOf(scenario))];
}

function specification({ name, memoryBandwidthGBs, tflops, source, date, note }: Accelerator): SourceEntry {
  const rates = Object.entries(tflops).map(([format, rate]) => `${format} ${rate}`);
  const value = memoryBandwidthGBs;
  return {
    id: `chip/${name}`,
    what: `memory bandwidth of one ${name}; dense TFLOP/s: ${rates.join(', ')}`,
    ...{ value, lo: value, hi: value, unit: 'GB/s', basis: 'published', source, date, note },
  };
}

function shape({ name, parameters, source, date, note }: Architecture): SourceEntry {
  const exact = { value: parameters, lo: parameters, hi: parameters, unit: '1', basis: 'counted' } as const;
  return { id: `model/${name}`, what: `parameters of ${name}, with its shape`, ...exact, source, date, note };
}
