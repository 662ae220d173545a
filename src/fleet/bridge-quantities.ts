// What holds on any hardware, and whether this run measured it: the only things that may cross from a device to the fleet. What no run
// measures is said to be unmeasured, with what the fleet takes instead and how a user gives a measured value.
import { type Constant, findConstant } from './catalogue.ts';
import type { Scenario } from './scenario.ts';
import { findArchitecture } from './serving/catalogue.ts';

export interface BridgeQuantity {
  readonly what: string;
  /** What the run holds of it; null where it measured nothing. */
  readonly measured: string | null;
  readonly crosses: boolean;
  /** Why it crosses or does not, and what the fleet takes. */
  readonly fleetTakes: string;
}

interface Counted {
  readonly from: string;
  readonly model: string;
}

/** `flopsCross`: whether the run's count of the fleet's own model enters its arithmetic. */
export function quantitiesOf(scenario: Scenario, counted: readonly Counted[], flopsCross: boolean): BridgeQuantity[] {
  const has = counted.length > 0;
  const routed = counted.filter(({ model }) => findArchitecture(model)?.experts).map(({ from }) => from);
  const fleetModel = findArchitecture(scenario.model)!;
  return [
    {
      what: 'flops a token',
      measured: has ? 'counted' : null,
      crosses: flopsCross,
      fleetTakes: flopsCross ? 'the run’s own count' : `those of the shape of ${scenario.model}`,
    },
    {
      what: 'bytes a token',
      measured: has ? 'counted' : null,
      crosses: false,
      fleetTakes: 'its own, since they depend on the batch and on the weights’ format',
    },
    {
      what: 'drafts accepted',
      measured: null,
      crosses: false,
      fleetTakes:
        scenario.speculation === 'off'
          ? 'none: speculation is off'
          : `a prior: no runtime measured here drafts tokens. ${prior('speculation/head-acceptance')}; your own in a catalogue file`,
    },
    {
      what: 'experts chosen',
      measured: null,
      crosses: false,
      fleetTakes: `${
        fleetModel.experts
          ? 'even routing, E (1 - (1 - k/E)^tokens) distinct experts a layer'
          : 'none: its model is dense'
      }; ${
        routed.length > 0
          ? `${routed.join(', ')} routes, but its choices are not read back, and those of made-up weights would say nothing`
          : 'no model with experts is in the run'
      }`,
    },
    {
      what: 'lengths of prompts and outputs',
      measured: has ? 'set by the suite, so no sample of traffic' : null,
      crosses: false,
      fleetTakes: `the scenario’s ${scenario.isl} in and ${scenario.osl} out; your serving runs hold your own`,
    },
    {
      what: 'prefix cache hits',
      measured: null,
      crosses: false,
      fleetTakes: `the scenario’s ${Math.round(100 * scenario['cache-hit'])} %: a run here serves one request and shares no prefix`,
    },
  ];
}

function prior(id: string): string {
  const { value, lo, hi }: Constant = findConstant(id);
  return `${value} [${lo}, ${hi}]`;
}
