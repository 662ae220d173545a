// One kernel case: plan, verify at the very shape, and only then time.
import type { DeviceCaps, KernelPlan } from '../../kernels/family.ts';
import { findVariant } from '../../kernels/index.ts';
import { energyBatch, energyOf } from '../bench/energy.ts';
import { type MeasurePlan, measure } from '../bench/measure.ts';
import { type CaseHooks, type CaseOutcome, type MetricSamples, unmeasured } from '../bench/outcome.ts';
import { parseCaseId } from '../core/case-id.ts';
import type { Warning } from '../core/warnings.ts';
import { capsOf } from '../gpu/device.ts';
import { cycledBytes, type KernelSettings, LARGE_CACHE_BYTES } from '../gpu/kernel-buffers.ts';
import { type KernelRun, openKernel } from '../gpu/kernel-executor.ts';
import { OutOfMemory } from '../gpu/scopes.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import type { Machine } from './machine.ts';

/** Seconds the f64 reference may take; beyond that a sample of the output is checked. */
export const CHECK_SECONDS = 1;
/** A look at the output once more when the timed batches are over. */
const RECHECK_SECONDS = 0.1;

/** The plan of a kernel id on such a device, or why it cannot run there. Throws a UserError for a bad id. */
export function planOrReason(id: string, caps: DeviceCaps): KernelPlan | string {
  const { path, params } = parseCaseId(id);
  const { variant } = findVariant(path);
  return variant.illegal(params, caps) ?? variant.plan(params, caps);
}

export async function runKernelCase(
  machine: Machine,
  id: string,
  seed: number,
  measurePlan: MeasurePlan,
  hooks: CaseHooks,
): Promise<CaseOutcome> {
  const plan = planOrReason(id, capsOf(machine.device));
  if (typeof plan === 'string') return unmeasured('skipped', plan);
  const { flops, bytes, arithmetic = 'f32' } = plan;
  const cost = { flops, bytes, dispatches: plan.dispatches.length, arithmetic };
  const bare = { metrics: [], cost, facts: {}, warnings: [] };
  hooks.phase('compile', null);
  const run = await openOrReason(machine.device, plan, { seed, id, rotate: !machine.adapter.isSoftware });
  if (typeof run === 'string') return { ...bare, state: 'skipped', reason: run };
  try {
    hooks.phase('verify', null);
    const verification = await run.verify(CHECK_SECONDS);
    if (verification.state === 'failed') {
      return { ...bare, state: 'failed', reason: 'disagrees with its f64 reference', verification };
    }
    hooks.signal.throwIfAborted();
    const { metric, warnings } = await run.guarded(() => measure(run, measurePlan, hooks));
    const after = await run.verifyAgain(RECHECK_SECONDS);
    if (after.state === 'failed') {
      return {
        ...bare,
        state: 'failed',
        reason: 'was right before the timed batches and wrong after',
        verification: after,
      };
    }
    const energy = await kernelEnergy(machine, run, metric, hooks);
    const partial: Warning[] =
      verification.checked < verification.total
        ? [{ name: 'partial-check', detail: `${verification.checked} of ${verification.total} elements` }]
        : [];
    return {
      ...bare,
      state: metric.samples.length > 0 ? 'ok' : 'error',
      ...(metric.samples.length > 0 ? {} : { reason: 'no sample could be timed' }),
      verification,
      metrics: [metric, ...energy.metrics],
      facts: { compileNs: run.compileNs, ...(run.copies > 1 ? { weightCopies: run.copies } : {}), ...energy.facts },
      warnings: [...partial, ...cacheDoubt(plan, run.copies), ...warnings],
    };
  } finally {
    run.close();
  }
}

/** Of the kernel as it was timed. */
async function kernelEnergy(
  { power }: Machine,
  run: KernelRun,
  { samples }: MetricSamples,
  hooks: CaseHooks,
): Promise<Pick<CaseOutcome, 'metrics' | 'facts'>> {
  if (samples.length === 0) return { metrics: [], facts: {} };
  const count = energyBatch(median(sortSamples(samples)));
  const work = async (): Promise<number> => {
    await run.runBatch(count);
    return count;
  };
  return run.guarded(() => energyOf(power, { each: 'operation', run: work }, hooks));
}

/** Probes that mean to miss the cache are larger; a kernel that fits is measured as it would run on its own, again and again. */
function cacheDoubt(plan: KernelPlan, copies: number): Warning[] {
  const bytes = cycledBytes(plan, copies);
  return bytes < LARGE_CACHE_BYTES ? [{ name: 'cache-resident', detail: `${bytes} bytes` }] : [];
}

async function openOrReason(
  device: GPUDevice,
  plan: KernelPlan,
  settings: KernelSettings,
): Promise<KernelRun | string> {
  try {
    return await openKernel(device, plan, settings);
  } catch (error) {
    if (!(error instanceof OutOfMemory)) throw error;
    if (settings.rotate) return openOrReason(device, plan, { ...settings, rotate: false });
    const bytes = plan.buffers.reduce((sum, buffer) => sum + buffer.bytes, 0);
    return `does not fit: the device refuses ${bytes} bytes of buffers (${error.message})`;
  }
}
