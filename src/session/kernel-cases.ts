// Kernel ids as cases that a session can run.

import type { KernelPlan } from '../../kernels/family.ts';
import { acceptsAnyKernelId, isTunedId, listAllKernelCases, tuningSpace } from '../../kernels/tuned.ts';
import type { MeasurePlan } from '../bench/measure.ts';
import type { Options } from '../core/options.ts';
import { capsOf } from '../gpu/device.ts';
import type { CaseKind } from './case-kind.ts';
import { kernelSeconds, operationSeconds, speedsOf } from './estimate.ts';
import { CHECK_SECONDS, planOrReason, runKernelCase } from './kernel-case.ts';
import type { Machine } from './machine.ts';
import { measurePlanFor } from './measure-plans.ts';
import { repeatedOnSoftware } from './repeated-kernel.ts';
import type { SessionCase } from './run-session.ts';
import { runTunedCase, TUNE_SECONDS } from './tuned-case.ts';

export const kernelCases: CaseKind = {
  prefix: 'kernel/',
  list: listAllKernelCases,
  accepts: acceptsAnyKernelId,
  toCase: (id, machine, options) => (isTunedId(id) ? tunedCase : kernelCase)(id, machine, options),
};

/** A kernel of these plans, of which the cheapest counts. */
function estimateKernel(
  path: string,
  plans: readonly KernelPlan[],
  measurePlan: MeasurePlan,
  { adapter }: Machine,
): SessionCase['estimate'] {
  return (rows) => {
    const seconds = plans.map((plan) => {
      const inputBytes = plan.buffers.reduce((sum, item) => sum + (item.fill ? item.bytes : 0), 0);
      const operation = operationSeconds(path, plan, rows, speedsOf(rows, adapter.isSoftware));
      return kernelSeconds(operation, inputBytes, CHECK_SECONDS, measurePlan);
    });
    return seconds.length === 0 ? 0 : Math.min(...seconds);
  };
}

function kernelCase(id: string, machine: Machine, options: Options): SessionCase {
  const { isSoftware } = machine.adapter;
  const measurePlan = measurePlanFor(options, machine.timer, isSoftware);
  const plan = planOrReason(id, capsOf(machine.device));
  const estimate = estimateKernel(pathOf(id), typeof plan === 'string' ? [] : [plan], measurePlan, machine);
  return {
    id,
    kind: 'kernel',
    knownFault: null,
    budgetShare: 1,
    estimate,
    spared: (rows) => (isSoftware ? repeatedOnSoftware(id, estimate(rows), rows, options) : null),
    work: () =>
      typeof plan === 'string' ? null : { flops: plan.flops, bytes: plan.bytes, dispatches: plan.dispatches.length },
    run: (current, hooks) => runKernelCase(current, id, options.seed, measurePlan, hooks),
  };
}

function tunedCase(id: string, machine: Machine, options: Options): SessionCase {
  const measurePlan = measurePlanFor(options, machine.timer);
  const space = tuningSpace(id, capsOf(machine.device));
  const plans = space.flatMap(({ plan }) => (typeof plan === 'string' ? [] : [plan]));
  const estimate = estimateKernel(pathOf(id), plans, measurePlan, machine);
  return {
    id,
    kind: 'kernel',
    knownFault: null,
    // The choice is made in the time of its own.
    budgetShare: 1 + TUNE_SECONDS / options.budget,
    estimate: (rows) => (options.tune === 'off' || plans.length === 0 ? 0 : TUNE_SECONDS + estimate(rows)),
    run: (current, hooks) => runTunedCase(current, id, options, measurePlan, hooks),
  };
}

function pathOf(id: string): string {
  return id.split(':', 1)[0]!;
}
