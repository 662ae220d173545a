// Our side of the peers run: the kernel the tuner chooses at this shape, and the next fastest, are its forms.
import type { KernelPlan } from '../../../kernels/family.ts';
import type { PeerShape } from '../../../kernels/peer-cases.ts';
import { type SpacePoint, tuningSpace } from '../../../kernels/tuned.ts';
import type { CaseHooks, TunedCandidate } from '../../bench/outcome.ts';
import { buildInfo } from '../../core/build-info.ts';
import { formatCaseId } from '../../core/case-id.ts';
import type { Options } from '../../core/options.ts';
import { capsOf } from '../../gpu/device.ts';
import type { KernelSettings } from '../../gpu/kernel-buffers.ts';
import { openKernel } from '../../gpu/kernel-executor.ts';
import { remember, tuneKey } from '../../gpu/tune-memory.ts';
import type { Machine } from '../../session/machine.ts';
import { measurePlanFor } from '../../session/measure-plans.ts';
import { chooseKernel, hostOf } from '../../session/tuned-case.ts';
import type { Form } from './contender.ts';

export interface OurPlan {
  /** Our kernel's case id. */
  readonly id: string;
  readonly plan: KernelPlan;
}

/** The tuner times kernels alone; the trial that all libraries get, host work included, decides among the first few. */
const FINALISTS = 3;

/**
 * The fastest few of the tuner's table and what the shape always sends; with `--tune off`, or when the tuner could time
 * nothing, every variant but the naive ones at its default point. Throws when none can run here.
 */
export async function ourPlans(
  machine: Machine,
  { operation, params, always }: PeerShape,
  options: Options,
  hooks: CaseHooks,
): Promise<OurPlan[]> {
  const id = formatCaseId(`kernel/${operation}/tuned`, params);
  const space = tuningSpace(id, capsOf(machine.device));
  const usable = space.filter((point): point is SpacePoint & OurPlan => typeof point.plan !== 'string');
  if (usable.length === 0)
    throw new Error(`none of our variants can run here: ${space.map(({ plan }) => plan).join('; ')}`);
  const ranked = options.tune === 'off' ? [] : await rankedIds(machine, id, space, options, hooks);
  const timed = ranked.map((own) => usable.find((point) => point.id === own)!);
  const defaults = usable.filter(({ variant }, i) => usable.findIndex((point) => point.variant === variant) === i);
  if (timed.length === 0) {
    const better = defaults.filter(({ variant }) => !variant.endsWith('naive'));
    return better.length > 0 ? better : defaults;
  }
  const first = timed.slice(0, FINALISTS);
  return [...first, ...defaults.filter((point) => always.includes(point.variant) && !first.includes(point))];
}

/** Ids of the candidates that were timed, the chosen first, then by time. */
async function rankedIds(
  machine: Machine,
  id: string,
  space: readonly SpacePoint[],
  options: Options,
  hooks: CaseHooks,
): Promise<string[]> {
  const key = await tuneKey(id, space, machine.adapter, hostOf(machine.environment));
  const plan = measurePlanFor(options, machine.timer);
  const tuning = await chooseKernel(machine, id, options, space, key, plan, hooks);
  if (tuning.from === 'race' && machine.tuneStorage) await remember(machine.tuneStorage, key, tuning);
  const timeOf = ({ id: own, timeNs, trialNs }: TunedCandidate): number =>
    own === tuning.chosen ? 0 : (timeNs ?? trialNs ?? Number.POSITIVE_INFINITY);
  const timed = tuning.candidates.filter((item) => Number.isFinite(timeOf(item)) && item.state !== 'wrong');
  return timed.sort((a, b) => timeOf(a) - timeOf(b)).map((item) => item.id);
}

/** `settings` are those of the inputs, the same for every plan and every library. */
export function ourForms(machine: Machine, plans: readonly OurPlan[], settings: KernelSettings): Form[] {
  return plans.map(({ id, plan }) => ({
    name: id,
    tolerance: plan.checks[0]!.tolerance,
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
