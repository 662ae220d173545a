// Kernel ids as cases that a session can run.
import { acceptsKernelId, listKernelCases } from '../../kernels/index.ts';
import type { Options } from '../core/options.ts';
import { capsOf } from '../gpu/device.ts';
import type { CaseKind } from './case-kind.ts';
import { kernelSeconds, operationSeconds, speedsOf } from './estimate.ts';
import { CHECK_SECONDS, planOrReason, runKernelCase } from './kernel-case.ts';
import type { Machine } from './machine.ts';
import { measurePlanFor } from './measure-plans.ts';
import type { SessionCase } from './run-session.ts';

export const kernelCases: CaseKind = {
  prefix: 'kernel/',
  list: listKernelCases,
  accepts: acceptsKernelId,
  toCase: kernelCase,
};

function kernelCase(id: string, machine: Machine, options: Options): SessionCase {
  const measurePlan = measurePlanFor(options, machine.timer);
  const plan = planOrReason(id, capsOf(machine.device));
  const path = id.split(':', 1)[0]!;
  return {
    id,
    kind: 'kernel',
    knownFault: null,
    budgetShare: 1,
    estimate: (rows) => {
      if (typeof plan === 'string') return 0;
      const inputBytes = plan.buffers.reduce((sum, item) => sum + (item.fill ? item.bytes : 0), 0);
      const operation = operationSeconds(path, plan, rows, speedsOf(rows, machine.adapter.isSoftware));
      return kernelSeconds(operation, inputBytes, CHECK_SECONDS, measurePlan);
    },
    run: (current, hooks) => runKernelCase(current, id, options.seed, measurePlan, hooks),
  };
}
