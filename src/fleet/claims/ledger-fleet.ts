// What the ledger needs of a rollout: the fleet's figures as ranges. Knows no claim.
import { findPrior, priorOr } from '../rollout/priors.ts';
import type { RolloutReport } from '../rollout/report.ts';
import { type Range, rangeOf, rangeOfSpread, times } from './range.ts';

export interface LedgerFleet {
  readonly perWatt: { readonly paired: Range; readonly unpaired: Range };
  readonly watts: Range;
  readonly gpus: Range;
  readonly newerGpus: Range;
  readonly fill: Range;
  readonly unpaired: Range;
  readonly newerRate: Range;
  readonly racksPerDomain: Range;
  readonly lpxKw: Range;
  /** GPUs delivered by the end of 2026, the nearest quarter to the end of fiscal 2027. */
  readonly delivered2026: Range;
  readonly ordered: number;
}

export function ledgerFleet(report: RolloutReport): LedgerFleet {
  const { headline, generations, scenario, fan } = report;
  const newer = generations[1]!;
  const end2026 = fan.find(({ quarter }) => quarter === 'Q4 2026')!;
  const racks = priorOr('lpx/racks-per-nvl72', scenario['lpx-racks']);
  return {
    perWatt: {
      paired: rangeOfSpread(headline.tokensPerWatt.paired),
      unpaired: rangeOfSpread(headline.tokensPerWatt.unpaired),
    },
    watts: rangeOfSpread(headline.watts),
    gpus: rangeOfSpread(fan.find(({ quarter }) => quarter === headline.quarter)!.delivered),
    newerGpus: rangeOfSpread(newer.delivered),
    fill: rangeOf(priorOr('fleet/utilisation', scenario.utilisation)),
    unpaired: rangeOfSpread(headline.unpaired),
    newerRate: rangeOfSpread(newer.rate),
    racksPerDomain: rangeOf(racks),
    lpxKw: times(rangeOf(priorOr('power/lpx-rack-kw', scenario['lpx-rack-kw'])), findPrior('power/pue').value),
    delivered2026: rangeOfSpread(end2026.delivered),
    ordered: scenario.gpus,
  };
}
