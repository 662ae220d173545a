// Energy of one operation or token: power samples of a meter beside the run, integrated over stretches of unbroken work. Knows
// no meter. A meter averages and lags, so that a stretch is at least a second and the first one only brings the power up.
import type { DefinitionId } from '../core/definitions.ts';
import type { CaseHooks, CaseOutcome, MetricSamples } from './outcome.ts';

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

/** Starts a meter, or says why there is none. It runs only while energy is measured: asking a driver for power disturbs what is timed. */
export type PowerSource = (() => PowerMeter) | string;

/** What the energy is of. */
export interface EnergyWork {
  readonly each: 'operation' | 'token';
  /** Works for a while, one submit or one generation, and resolves with how many of them that was. */
  run(): Promise<number>;
}

/** One stretch of work: operations done between two moments. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
  readonly operations: number;
}

export const STRETCH_MS = 1000;
const STRETCHES = 2;
/** A meter that has not told a figure by then will not. */
const METER_START_MS = 10_000;
/** Fewer power samples in a stretch say nothing about it. */
const FEWEST_SAMPLES = 5;
/** One submit at a time; its gap to the next is a small part of it. */
const BATCH_NS = 100e6;

/** Operations to submit at a time. */
export function energyBatch(perOpNs: number): number {
  return Math.max(1, Math.round(BATCH_NS / Math.max(perOpNs, 1)));
}

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

/**
 * Metrics `energy` (J an operation or token) and `power` (W), for tokens also `tokens-per-joule`, one sample a stretch; a text
 * says why there are none.
 */
export function energyMetrics(
  stretches: readonly Stretch[],
  meter: PowerMeter,
  each: EnergyWork['each'],
): MetricSamples[] | string {
  const energy: number[] = [];
  const power: number[] = [];
  for (const { fromMs, toMs, operations } of stretches) {
    const joules = joulesBetween(meter.samples, fromMs, toMs);
    if (joules === null || operations === 0) continue;
    energy.push(joules / operations);
    power.push((joules / (toMs - fromMs)) * 1e3);
  }
  if (energy.length === 0) return `${meter.source} gave too few samples in ${STRETCH_MS / 1e3} s`;
  const opsPerSample = Math.round(stretches.reduce((sum, item) => sum + item.operations, 0) / stretches.length);
  const metric = (
    name: string,
    definition: DefinitionId,
    unit: MetricSamples['unit'],
    samples: number[],
  ): MetricSamples => ({
    ...{ name, definition, unit, better: 'lower', estimator: 'wall', opsPerSample, samples },
    ...{ warmup: [], excluded: [] },
  });
  if (each === 'operation') {
    return [
      metric('energy', 'energy/power-integral', 'J', energy),
      metric('power', 'power/mean-while-working', 'W', power),
    ];
  }
  const yields = energy.map((joules) => 1 / joules);
  return [
    metric('energy', 'energy/new-token', 'J', energy),
    metric('power', 'power/mean-while-working', 'W', power),
    { ...metric('tokens-per-joule', 'tokens-per-joule/new-token', 'tokens/J', yields), better: 'higher' },
  ];
}

/** Power and energy where the machine has a meter; where it might have one, why not. The meter runs for as long as this does. */
export async function energyOf(
  power: PowerSource | undefined,
  work: EnergyWork,
  { signal, phase }: Pick<CaseHooks, 'signal' | 'phase'>,
): Promise<Pick<CaseOutcome, 'metrics' | 'facts'>> {
  if (power === undefined) return { metrics: [], facts: {} };
  if (typeof power === 'string') return { metrics: [], facts: { energy: `not measured: ${power}` } };
  phase('energy', null);
  const meter = power();
  try {
    const metrics = await measureEnergy(work, meter, signal);
    if (typeof metrics === 'string') return { metrics: [], facts: { energy: `not measured: ${metrics}` } };
    return { metrics, facts: { energy: meter.source } };
  } finally {
    meter.close();
  }
}

/** Works without a break for a stretch that does not count, and lasts until the meter tells, and STRETCHES that do. */
export async function measureEnergy(
  work: EnergyWork,
  meter: PowerMeter,
  signal: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<MetricSamples[] | string> {
  const stretches: Stretch[] = [];
  for (let i = 0; i <= STRETCHES; i++) {
    const fromMs = now();
    const isDone = (): boolean => {
      const spentMs = now() - fromMs;
      const isStarting = i === 0 && meter.samples.length === 0 && spentMs < METER_START_MS;
      return spentMs >= STRETCH_MS && !isStarting;
    };
    let operations = 0;
    while (!isDone()) {
      signal.throwIfAborted();
      operations += await work.run();
    }
    stretches.push({ fromMs, toMs: now(), operations });
  }
  return energyMetrics(stretches.slice(1), meter, work.each);
}
