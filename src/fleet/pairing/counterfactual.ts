// What else the site power of the attached Rubins could carry: other chips, known here by specifications alone.
// Knows no LPX.
import type { Parameters } from '../serving/parameters.ts';
import { type FleetOfPairs, siteInput, type Values } from './fleet-of-pairs.ts';
import { bestGpuUnit } from './modes.ts';
import { tokensPerJoule } from './search.ts';
import type { PairingSettings } from './settings.ts';
import { otherSite } from './site.ts';

/** Chips in the Rubins' place, and the constant that holds their site power. */
export const COUNTERFACTUALS = { MI355X: 'power/mi355x-kw', Trainium3: 'power/trainium3-kw' } as const;
export type Counterfactual = keyof typeof COUNTERFACTUALS;
export const SPEC_SPREAD = 'counterfactual/spec-spread';

/** tokens/s of the fleet without LPX when the attached Rubins' site power goes to that chip instead. */
export function insteadOfAttached(
  chip: Counterfactual,
  settings: PairingSettings,
  parameters: Parameters,
  { site, attachedShare, rubins, rubinRate, unpaired }: FleetOfPairs,
  values: Values,
): number {
  const kw = values(COUNTERFACTUALS[chip]);
  const other = otherSite(siteInput(settings, parameters), values, chip, kw, values(SPEC_SPREAD));
  const unit = bestGpuUnit(other, settings.tokensPerUser);
  const attached = attachedShare * rubins;
  return unpaired + attached * ((unit ? site.wattsPerGpu * tokensPerJoule(other, unit) : 0) - rubinRate);
}
