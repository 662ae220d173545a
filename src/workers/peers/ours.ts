// Our side of the peers run: every variant and tuning point that may go is one form.
import type { KernelPlan } from '../../../kernels/family.ts';
import { buildInfo } from '../../core/build-info.ts';
import type { KernelSettings } from '../../gpu/kernel-buffers.ts';
import { openKernel } from '../../gpu/kernel-executor.ts';
import type { Machine } from '../../session/machine.ts';
import type { Form } from './contender.ts';

export interface OurPlan {
  /** Our kernel's case id. */
  readonly id: string;
  readonly plan: KernelPlan;
}

/** `settings` are those of the inputs, the same for every plan and every library. */
export function ourForms(machine: Machine, plans: readonly OurPlan[], settings: KernelSettings): Form[] {
  return plans.map(({ id, plan }) => ({
    name: id,
    open: async () => {
      const run = await openKernel(machine.device, plan, settings);
      return {
        facts: { version: buildInfo.version, form: id },
        once: () => run.once(),
        output: async () => {
          await run.once();
          return run.readOutput(plan.checks[0]!.buffer);
        },
        close: async () => run.close(),
      };
    },
  }));
}
