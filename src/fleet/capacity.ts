// The fleet's arithmetic for one set of values: rates by generation, LPX pairing, power, and tokens/s with and without
// LPX at equal GPU count and at equal site power. Knows nothing of chance and nothing of any local run.
import { BLACKWELL, findConstant, findGpu, findModel, RUBIN } from './catalogue.ts';
import { type Front, fallOff, placeOn } from './front.ts';
import { attachedShare, type Reading } from './share-reading.ts';
import { type CountedWork, specRatio, stepWork, totalParameters } from './work.ts';

/** What a fleet is, apart from everything uncertain. */
export interface FleetPlan {
  readonly gpus: number;
  /** Share that is paired, and of what. */
  readonly share: number;
  readonly reading: Reading;
  readonly front: Front;
  readonly counted: CountedWork | null;
}

/** One value for every uncertain constant, by id. */
export type Values = (id: string) => number;

export interface Capacity {
  /** tokens/s per working GPU at the asked tokens/s/user. */
  readonly blackwellRate: number;
  readonly rubinRate: number;
  /** Factor on the rate of an attached Rubin GPU; 1 where the GPU front has not fallen off. */
  readonly lift: number;
  readonly rubinGpus: number;
  readonly lpxRacks: number;
  /** Site power of the GPUs alone, and of the LPX racks beside them, W. */
  readonly gpuWatts: number;
  readonly lpxWatts: number;
  /** tokens/s of all GPUs without LPX, with LPX beside them, and with LPX in the power the GPUs alone would take. */
  readonly unpaired: number;
  readonly pairedEqualCount: number;
  readonly pairedEqualPower: number;
  /** GPU packages that fit beside their LPX racks in that power. */
  readonly gpusEqualPower: number;
}

/** The fleet's arithmetic at one tokens/s/user, ready for many sets of values. A UserError outside the measured front. */
export function createEvaluator(plan: FleetPlan, tokensPerUser: number): (values: Values) => Capacity {
  const place = placeOn(plan.front, tokensPerUser);
  const edge = fallOff(plan.front);
  const least = racksPerReplica(plan.front.workload.model);
  const { transfer } = findModel(plan.front.workload.model);
  const rubinHere = rubinRates(plan, tokensPerUser);

  return (values) => {
    const rate = values('rate/measurement-spread');
    const reading = values('rubin/flops-reading');
    const lift = liftAt(plan, tokensPerUser, edge, values('lpx/interactivity-gain'), reading, rubinHere(reading));
    const rubinGpus = plan.gpus * values('fleet/rubin-share');
    const blackwellGpus = plan.gpus - rubinGpus;
    const blackwellRate = rate * place.tokensPerGpu;
    const rubinRate = rate * values(transfer) * rubinHere(reading);
    const racksPerNvl72 = values('lpx/racks-per-nvl72');
    const asked = attachedShare(plan.share, plan.reading, {
      rubins: rubinGpus,
      blackwells: blackwellGpus,
      racksPerNvl72,
      attachedRate: rubinRate * lift,
      rubinRate,
      blackwellRate,
    });
    const racksAsked = ((asked * rubinGpus) / GPUS_PER_NVL72) * racksPerNvl72;
    const lpxRacks = racksAsked < least ? 0 : racksAsked;
    const share = lpxRacks === 0 ? 0 : asked;
    const gpuWatts = 1000 * (blackwellGpus * values('power/blackwell-kw') + rubinGpus * values('power/rubin-kw'));
    const lpxWatts = 1000 * lpxRacks * values('power/lpx-rack-kw') * values('power/pue');
    const fit = gpuWatts / (gpuWatts + lpxWatts);

    const working = values('fleet/availability') * (1 - values('fleet/spare'));
    const blackwell = working * blackwellGpus * blackwellRate;
    const rubin = working * rubinGpus * rubinRate;
    const pairedEqualCount = blackwell + rubin * (1 + share * (lift - 1));
    return {
      blackwellRate,
      rubinRate,
      lift,
      rubinGpus,
      lpxRacks,
      gpuWatts,
      lpxWatts,
      unpaired: blackwell + rubin,
      pairedEqualCount,
      pairedEqualPower: pairedEqualCount * fit,
      gpusEqualPower: plan.gpus * fit,
    };
  };
}

const GPUS_PER_NVL72 = findConstant('nvl72/gpus').value;

/** Blackwell's measured rate times the specification ratio of the counted work there, by reading of Rubin's flops. */
function rubinRates({ front, counted }: FleetPlan, tokensPerUser: number): (flopsReading: number) => number {
  const place = placeOn(front, tokensPerUser);
  const work = stepWork(front.workload, place.concurrency, counted);
  const [from, to] = [findGpu(BLACKWELL), findGpu(RUBIN)];
  return (reading) => place.tokensPerGpu * specRatio(work, front.workload.precision, from, to, reading);
}

/**
 * LPX lets a Rubin keep, at a tokens/s/user, the throughput it has at 1/gain of it, but wins back no more than was lost
 * past the fall-off: lift = rate(max(fall-off, user/gain)) / rate(user), and 1 before the fall-off. A gain below 1 would
 * mean that LPX slows a token down; such traffic would stay on the GPU, so it counts as 1.
 */
function liftAt(
  plan: FleetPlan,
  user: number,
  edge: number | null,
  gain: number,
  flopsReading: number,
  rateHere: number,
): number {
  if (edge === null || user <= edge) return 1;
  const slower = Math.max(edge, user / Math.max(1, gain));
  return Math.max(1, rubinRates(plan, slower)(flopsReading) / rateHere);
}

/** LPX racks whose SRAM holds one copy of the weights. */
export function racksPerReplica(model: string): number {
  const bytes = totalParameters(findModel(model)) * findConstant('work/bytes-fp8').value;
  return Math.ceil(bytes / (findConstant('lpx/rack-sram-gb').value * 1e9));
}
