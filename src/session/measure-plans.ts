// How long each suite spends on a case. Precision is bought with time, so the smoke suite buys little.
import type { MeasurePlan, TimerUse } from '../bench/measure.ts';
import type { Options } from '../core/options.ts';
import { isPlainDefault } from '../core/suites.ts';
import type { TimerReport } from '../gpu/timer-probe.ts';

type Effort = Omit<MeasurePlan, 'timer'>;

const SMOKE: Effort = { minBatchNs: 2e6, sampleNs: 3e8, warmupNs: 3e8, minSamples: 6, maxSamples: 20, precision: 0.01 };
const NORMAL: Effort = {
  minBatchNs: 1e7,
  sampleNs: 1e9,
  warmupNs: 1e9,
  minSamples: 7,
  maxSamples: 60,
  precision: 0.005,
};
/** The default suite on a software adapter: its times say nothing of a GPU, so that half the time buys enough. */
const SOFTWARE: Effort = { ...NORMAL, sampleNs: 4e8, warmupNs: 4e8 };
const FULL: Effort = {
  minBatchNs: 1e7,
  sampleNs: 3e9,
  warmupNs: 3e9,
  minSamples: 15,
  maxSamples: 300,
  precision: 0.002,
};

export function timerUse(timer: TimerReport): TimerUse {
  const quantumNs = timer.kind === 'timestamp' ? timer.quantumNs! : timer.clockStepNs;
  return { kind: timer.kind, quantumNs, completionNs: timer.completionNs };
}

/** The effort of the suite; `--samples` fixes the number of samples instead. */
export function measurePlanFor(options: Options, timer: TimerReport, isSoftware = false): MeasurePlan {
  const usual = isSoftware && isPlainDefault(options) ? SOFTWARE : NORMAL;
  const effort = options.suite === 'smoke' ? SMOKE : options.suite === 'full' ? FULL : usual;
  const fixed = options.samples > 0 ? { minSamples: options.samples, maxSamples: options.samples } : {};
  return { ...effort, ...fixed, timer: timerUse(timer) };
}
