// rollout.wgsl with the constants of one packed run, and how large its outputs are. Knows no GPU object.
import { FACTORS, RATES, STATES } from '../../src/core/rollout.ts';
import type { ShaderPlan } from '../family.ts';
import type { PackedRollout } from './layout.ts';
import philox from './philox.wgsl?raw';
import rollout from './rollout.wgsl?raw';

/** Scenarios of one workgroup. */
export const WORKGROUP = 64;

/** `gridX`: workgroups of one row of the grid. */
export function rolloutShader({ sites, quarters, factorCalls, at }: PackedRollout, gridX: number): ShaderPlan {
  const places = Object.fromEntries(FACTORS.map((name, i) => [`Z_${name.replace(/-/g, '_').toUpperCase()}`, i]));
  return {
    label: `rollout sites=${sites} quarters=${quarters}`,
    source: `${philox}\n${rollout}`,
    constants: {
      SITES: sites,
      QUARTERS: quarters,
      FACTOR_CALLS: factorCalls,
      FACTORS_N: FACTORS.length,
      STATES_N: STATES.length,
      RATES_N: RATES.length,
      GRID_X: gridX,
      ...places,
      ...at,
    },
  };
}
