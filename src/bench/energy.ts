// Energy of one operation: power samples of a meter beside the run, integrated over stretches of unbroken work. Knows no
// meter. A meter averages and lags, so that a stretch is at least a second and the first one only brings the power up.
import type { Executor } from './executor.ts';
import type { MetricSamples } from './outcome.ts';

export interface PowerSample {
  /** ms, on the clock of performance.now. */
  readonly atMs: number;
  readonly watts: number;
}

export interface PowerMeter {
  /** What measures, and which of its figures. */
  readonly source: string;
  /** Those taken so far, oldest first. */
  readonly samples: readonly PowerSample[];
  close(): void;
}

/** One stretch of work: operations done between two moments. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly operations: number;
}

export const STRETCH_MS = 1000;
const STRETCHES = 2;
/** One submit at a time; its gap to the next is a small part of it. */
const BATCH_NS = 100e6;
/** Fewer power samples in a stretch say nothing about it. */
const FEWEST_SAMPLES = 5;

/** Joules between two moments by the trapezoidal rule over the samples inside; null with fewer than FEWEST_SAMPLES there. */
export function joulesBetween(samples: readonly PowerSample[], fromMs: number, toMs: number): number | null {
  const inside = samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  if (inside.length < FEWEST_SAMPLES) return null;
  let joules = 0;
  for (let i = 1; i < inside.length; i++) {
    const [a, b] = [inside[i - 1]!, inside[i]!];
    joules += (((a.watts + b.watts) / 2) * (b.atMs - a.atMs)) / 1e3;
  }
  // The samples span a little less than the stretch: the ends are taken at the mean power between.
  const spanMs = inside.at(-1)!.atMs - inside[0]!.atMs;
  return spanMs > 0 ? (joules * (toMs - fromMs)) / spanMs : null;
}

/** Metrics `energy` (J an operation) and `power` (W), one sample a stretch; a text says why there are none. */
export function energyMetrics(stretches: readonly Stretch[], meter: PowerMeter): MetricSamples[] | string {
  const energy: number[] = [];
  const power: number[] = [];
  for (const { fromMs, toMs, operations } of stretches) {
    const joules = joulesBetween(meter.samples, fromMs, toMs);
    if (joules === null || operations === 0) continue;
    energy.push(joules / operations);
    power.push((joules / (toMs - fromMs)) * 1e3);
  }
  if (energy.length === 0) return `${meter.source} gave too few samples in ${STRETCH_MS / 1e3} s`;
  const common = { better: 'lower', estimator: 'wall', warmup: [], excluded: [] } as const;
  const operations = Math.round(stretches.reduce((sum, item) => sum + item.operations, 0) / stretches.length);
  return [
    {
      ...common,
      name: 'energy',
      definition: 'energy/power-integral',
      unit: 'J',
      opsPerSample: operations,
      samples: energy,
      warmup: [],
      excluded: [],
    },
    {
      ...common,
      name: 'power',
      definition: 'power/mean-while-working',
      unit: 'W',
      opsPerSample: operations,
      samples: power,
      warmup: [],
      excluded: [],
    },
  ];
}

/** Works without a break for a stretch that does not count and STRETCHES that do. */
export async function measureEnergy(
  executor: Executor,
  perOpNs: number,
  meter: PowerMeter,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<MetricSamples[] | string> {
  const count = Math.max(1, Math.round(BATCH_NS / Math.max(perOpNs, 1)));
  const stretches: Stretch[] = [];
  for (let i = 0; i <= STRETCHES; i++) {
    const fromMs = now();
    let operations = 0;
    while (now() - fromMs < STRETCH_MS) {
      signal.throwIfAborted();
      await executor.runBatch(count);
      operations += count;
    }
    stretches.push({ fromMs, toMs: now(), operations });
  }
  return energyMetrics(stretches.slice(1), meter);
}
