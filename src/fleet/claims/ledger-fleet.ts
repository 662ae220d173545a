// What the ledger needs of a rollout: the fleet's figures as ranges. Knows no claim.
import { constantOr, findConstant } from '../catalogue.ts';
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
  const newer = generations[2]!;
  const end2026 = fan.find(({ quarter }) => quarter === 'Q4 2026')!;
  return {
    perWatt: {
      paired: rangeOfSpread(headline.tokensPerWatt.paired),
      unpaired: rangeOfSpread(headline.tokensPerWatt.unpaired),
    },
    watts: rangeOfSpread(headline.watts),
    gpus: rangeOfSpread(fan.find(({ quarter }) => quarter === headline.quarter)!.delivered),
    newerGpus: rangeOfSpread(newer.delivered),
    fill: rangeOf(constantOr('fleet/utilisation', scenario.utilisation)),
    unpaired: rangeOfSpread(headline.unpaired),
    newerRate: rangeOfSpread(newer.rate),
    racksPerDomain: rangeOfSpread(report.serving.racksPerNvl72),
    lpxKw: times(rangeOf(constantOr('power/lpx-rack-kw', scenario['lpx-rack-kw'])), findConstant('power/pue').value),
    delivered2026: rangeOfSpread(end2026.delivered),
    ordered: scenario.gpus,
  };
}
