// The measuring loop: sizes a batch to the timer, warms up until steady, samples until precise. Knows no GPU.
import type { Warning, WarningName } from '../core/warnings.ts';
import { driftRatio, median, medianInterval, sortSamples } from '../stats/order-statistics.ts';
import type { BatchTime, Executor } from './executor.ts';
import type { CaseHooks, MetricSamples } from './outcome.ts';

export interface TimerUse {
  readonly kind: 'timestamp' | 'wall-slope';
  /** Step of the clock that times a span, ns. */
  readonly quantumNs: number;
  /** Wall time from the end of the work to knowing of it, ns: it cancels in a slope, its jitter does not. */
  readonly completionNs: number;
}

export interface MeasurePlan {
  readonly timer: TimerUse;
  /** A batch spans at least this, ns, and at least 100 quanta. */
  readonly minBatchNs: number;
  /** Time for samples after warm-up, ns; sampling goes on to `minSamples` even when it runs out. */
  readonly sampleNs: number;
  /** Most time for warm-up, ns. */
  readonly warmupNs: number;
  readonly minSamples: number;
  readonly maxSamples: number;
  /** Stops early when half the median's interval is within this share of it. */
  readonly precision: number;
}

/** Quanta a timed span must hold: a quantum then is at most 1 % of it. */
export const QUANTA_PER_SPAN = 100;
/** Two consecutive warm-up blocks that agree within this share end the warm-up. */
const STEADY = 0.02;
const BLOCK_NS = 100e6;
const LARGEST_BATCH = 8192;
/** A wall-time slope spans this many waits for completion, so that their jitter stays a small part of it. */
const WAITS_PER_SLOPE = 5;

const NOT_INCREASING = 'GPU timestamps not increasing';
/** The doubt that goes with each fault of a clock; any other cause is a disturbance from outside. */
const FAULTS: Readonly<Record<string, WarningName>> = {
  [NOT_INCREASING]: 'negative-timestamp',
};

export interface Measurement {
  readonly metric: MetricSamples;
  readonly warnings: Warning[];
}

/** One value a batch (or a pair of batches) gave: ns per operation, or why it does not count. */
type Reading = { readonly perOpNs: number; readonly spentNs: number; readonly fault: string | null };

/**
 * Measures ns per operation. Rejects with the signal's reason when aborted; an aborted measurement yields nothing.
 * The stop rule looks at precision only, never at a comparison.
 */
export async function measure(executor: Executor, plan: MeasurePlan, hooks: CaseHooks): Promise<Measurement> {
  hooks.phase('sizing', null);
  const batch = await sizeBatch(executor, plan, hooks.signal);
  const read = (): Promise<Reading> => takeReading(executor, plan.timer.kind, batch.count, hooks.signal);
  hooks.phase('warm-up', null);
  const warmup = await warmUp(read, plan);
  const samples: number[] = [];
  const excluded: { index: number; value: number; cause: string }[] = [];
  let spentNs = 0;
  // What happened before the first sample is the warm-up's.
  hooks.disturbance?.();
  while (!isEnough(samples, samples.length + excluded.length, spentNs, plan)) {
    const reading = await read();
    spentNs += reading.spentNs;
    // Asked every time: a disturbance left standing would be blamed on the next sample.
    const disturbed = hooks.disturbance?.() ?? null;
    const cause = reading.fault ?? disturbed;
    if (cause === null) samples.push(reading.perOpNs);
    else excluded.push({ index: samples.length + excluded.length, value: reading.perOpNs, cause });
    hooks.phase('sampling', Math.min(1, Math.max(spentNs / plan.sampleNs, samples.length / plan.maxSamples)));
  }
  const metric: MetricSamples = {
    name: 'time',
    definition: 'kernel-time/gpu-or-slope',
    unit: 'ns',
    better: 'lower',
    estimator: plan.timer.kind,
    opsPerSample: batch.count,
    samples,
    warmup: warmup.values,
    excluded,
  };
  return { metric, warnings: doubts(metric, warmup.settled, batch.spanNs, plan) };
}

/** Grows the batch until its span reaches the target. A batch of one that already does is kept. */
async function sizeBatch(
  executor: Executor,
  plan: MeasurePlan,
  signal: AbortSignal,
): Promise<{ count: number; spanNs: number }> {
  const targetNs = targetSpan(plan);
  let count = 1;
  // The first run pays for lazy allocation and compilation; its time would undersize the batch.
  await executor.runBatch(1);
  for (;;) {
    signal.throwIfAborted();
    let spanNs = await readSpan(executor, plan.timer.kind, count);
    // One reading long by chance must not end the search.
    if (spanNs >= targetNs) spanNs = Math.min(spanNs, await readSpan(executor, plan.timer.kind, count));
    if (spanNs >= targetNs || count >= LARGEST_BATCH) return { count, spanNs };
    // Never more than ×8 at once: one short reading must not make a batch that holds the GPU for seconds.
    const factor = Math.min(8, Math.max(2, (1.2 * targetNs) / Math.max(spanNs, 1)));
    count = Math.min(LARGEST_BATCH, Math.ceil(count * factor));
  }
}

function targetSpan({ timer, minBatchNs }: MeasurePlan): number {
  const waits = timer.kind === 'wall-slope' ? WAITS_PER_SLOPE * timer.completionNs : 0;
  return Math.max(minBatchNs, QUANTA_PER_SPAN * timer.quantumNs, waits);
}

/** The part of a reading that grows with the batch: by wall clock, the constant wait for completion is taken out. */
async function readSpan(executor: Executor, kind: TimerUse['kind'], count: number): Promise<number> {
  const first = await executor.runBatch(count);
  if (kind === 'timestamp') return first.gpuNs ?? 0;
  const second = await executor.runBatch(2 * count);
  return second.wallNs - first.wallNs;
}

async function takeReading(
  executor: Executor,
  kind: TimerUse['kind'],
  count: number,
  signal: AbortSignal,
): Promise<Reading> {
  signal.throwIfAborted();
  const first = await executor.runBatch(count);
  if (kind === 'timestamp') return timestampReading(first, count);
  signal.throwIfAborted();
  const second = await executor.runBatch(2 * count);
  const perOpNs = (second.wallNs - first.wallNs) / count;
  // A slope that is not positive is noise like one that is too steep: leaving it out would bias the median upward.
  return { perOpNs, spentNs: first.wallNs + second.wallNs, fault: null };
}

function timestampReading(time: BatchTime, count: number): Reading {
  const gpuNs = time.gpuNs ?? 0;
  return { perOpNs: gpuNs / count, spentNs: time.wallNs, fault: gpuNs > 0 ? null : NOT_INCREASING };
}

async function warmUp(
  read: () => Promise<Reading>,
  plan: MeasurePlan,
): Promise<{ values: number[]; settled: boolean }> {
  const values: number[] = [];
  let [spentNs, previous] = [0, null as number | null];
  while (spentNs < plan.warmupNs) {
    const block: number[] = [];
    for (let blockNs = 0; blockNs < Math.min(BLOCK_NS, plan.warmupNs / 2); ) {
      const reading = await read();
      block.push(reading.perOpNs);
      blockNs += reading.spentNs;
      spentNs += reading.spentNs;
    }
    values.push(...block);
    const current = median(sortSamples(block));
    if (previous !== null && Math.abs(current / previous - 1) < STEADY) return { values, settled: true };
    previous = current;
  }
  return { values, settled: false };
}

function isEnough(samples: readonly number[], taken: number, spentNs: number, plan: MeasurePlan): boolean {
  if (samples.length >= plan.maxSamples || taken >= 2 * plan.maxSamples) return true;
  if (samples.length < plan.minSamples) return taken >= 4 * plan.minSamples;
  if (spentNs >= plan.sampleNs) return true;
  const sorted = sortSamples(samples);
  const interval = medianInterval(sorted);
  return (
    interval !== null && samples.length >= 20 && (interval.hi - interval.lo) / 2 <= plan.precision * median(sorted)
  );
}

function doubts(metric: MetricSamples, settled: boolean, spanNs: number, plan: MeasurePlan): Warning[] {
  const warnings: Warning[] = [];
  const { samples, excluded } = metric;
  const drift = driftRatio(samples);
  if (spanNs < QUANTA_PER_SPAN * plan.timer.quantumNs) {
    warnings.push({ name: 'span-under-100-quanta', detail: `${(spanNs / plan.timer.quantumNs).toFixed(0)} quanta` });
  }
  if (!settled) warnings.push({ name: 'never-settled' });
  if (Math.abs(drift - 1) > STEADY) {
    warnings.push({ name: 'not-steady', detail: `last third ${((drift - 1) * 100).toFixed(1)} %` });
  }
  if (samples.length < 6) warnings.push({ name: 'few-samples', detail: `${samples.length} samples` });
  const flat = plan.timer.kind === 'wall-slope' ? samples.filter((sample) => sample <= 0).length : 0;
  if (flat > 0) warnings.push({ name: 'slope-failed', detail: `${flat} of ${samples.length} samples` });
  for (const cause of new Set(excluded.map((item) => item.cause))) {
    const count = excluded.filter((item) => item.cause === cause).length;
    const detail = `${count} of ${samples.length + excluded.length} samples excluded`;
    warnings.push({ name: FAULTS[cause] ?? 'disturbed', detail: FAULTS[cause] ? detail : `${detail}: ${cause}` });
  }
  return warnings;
}
