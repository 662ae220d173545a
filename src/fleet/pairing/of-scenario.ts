// The workload and pairing of a fleet scenario as a study's settings. Knows no formula.
import { packagesOf, type Scenario, tiersOf } from '../scenario.ts';
import { readingNamed } from '../share-reading.ts';
import type { Mode } from './modes.ts';
import type { PairingSettings } from './settings.ts';

/** `flopsFactor`: counted flops per token over those of the model's shape. */
export function pairingOf(scenario: Scenario, flopsFactor: number): PairingSettings {
  const given: Record<string, number> = {};
  for (const [setting, id] of GIVEN) {
    const value = scenario[setting];
    if (value !== null) given[id] = value;
  }
  return {
    model: scenario.model,
    precision: scenario.precision,
    isl: scenario.isl,
    osl: scenario.osl,
    cacheHit: scenario['cache-hit'],
    tokensPerUser: scenario['user-rate'],
    gpus: packagesOf(scenario),
    share: scenario.share,
    reading: readingNamed(scenario.reading),
    mode: scenario.mode as Mode | 'best',
    speculation: scenario.speculation === 'on',
    racksPerNvl72: scenario['lpx-racks'],
    given,
    gpuUsd: scenario['gpu-usd'],
    rackUsd: scenario['lpx-rack-usd'],
    tiers: tiersOf(scenario),
    seed: scenario.seed,
    flopsFactor,
  };
}

const GIVEN = [
  ['rubin-kw', 'power/rubin-kw'],
  ['lpx-rack-kw', 'power/lpx-rack-kw'],
] as const;
