// Our side of the peers run: the kernel the tuner chooses at this shape, and the next fastest, are its forms.
import type { KernelPlan } from '../../../kernels/family.ts';
import type { PeerShape } from '../../../kernels/peer-cases.ts';
import { type SpacePoint, tuningSpace } from '../../../kernels/tuned.ts';
import type { CaseHooks, TunedCandidate, TuningOutcome } from '../../bench/outcome.ts';
import { buildInfo } from '../../core/build-info.ts';
import { formatCaseId } from '../../core/case-id.ts';
import type { Options } from '../../core/options.ts';
import { capsOf } from '../../gpu/device.ts';
import type { KernelSettings } from '../../gpu/kernel-buffers.ts';
import { openKernel } from '../../gpu/kernel-executor.ts';
import { remember, tuneKey } from '../../gpu/tune-memory.ts';
import type { Machine } from '../../session/machine.ts';
import { measurePlanFor } from '../../session/measure-plans.ts';
import type { RuledOut } from '../../session/settle-choice.ts';
import { chooseKernel, hostOf } from '../../session/tuned-case.ts';
import { type Check, type Chosen, chooseForm, type Form } from './contender.ts';

export interface OurPlan {
  /** Our kernel's case id. */
  readonly id: string;
  readonly plan: KernelPlan;
}

/** The tuner times kernels alone; the trial that all libraries get, host work included, decides among the first few. */
const FINALISTS = 3;

export interface OurSide {
  readonly plans: readonly OurPlan[];
  /** What the tuner said; null with `--tune off`. */
  readonly tuning: TuningOutcome | null;
  /** Keeps the choice for another day. */
  readonly remember: () => Promise<void>;
  /** The same with nothing recalled, and without the choice that was wrong. */
  readonly anew: () => Promise<OurSide>;
}

/**
 * The fastest few of the tuner's table and what the shape always sends; with `--tune off`, or when the tuner could time
 * nothing, every variant but the naive ones at its default point. Throws when none can run here.
 */
export async function ourPlans(
  machine: Machine,
  shape: PeerShape,
  options: Options,
  hooks: CaseHooks,
  ruledOut: RuledOut = new Map(),
): Promise<OurSide> {
  const { operation, params, always } = shape;
  const id = formatCaseId(`kernel/${operation}/tuned`, params);
  const space = tuningSpace(id, capsOf(machine.device));
  const usable = space.filter(
    (point): point is SpacePoint & OurPlan => typeof point.plan !== 'string' && !ruledOut.has(point.id),
  );
  if (usable.length === 0)
    throw new Error(`none of our variants can run here: ${space.map(({ plan }) => plan).join('; ')}`);
  const key = await tuneKey(id, space, machine.adapter, hostOf(machine.environment));
  const measurePlan = measurePlanFor(options, machine.timer);
  const choice = { id, options, space, key, ruledOut };
  const tuning = options.tune === 'off' ? null : await chooseKernel(machine, choice, measurePlan, hooks);
  return {
    plans: finalists(usable, tuning, always),
    tuning,
    remember: async () => {
      if (tuning && machine.tuneStorage) await remember(machine.tuneStorage, key, tuning);
    },
    anew: () => {
      const wrong = tuning?.chosen ? [[tuning.chosen, 'disagrees with the f64 reference'] as const] : [];
      return ourPlans(machine, shape, options, hooks, new Map([...ruledOut, ...wrong]));
    },
  };
}

function finalists(
  usable: readonly (SpacePoint & OurPlan)[],
  tuning: TuningOutcome | null,
  always: readonly string[],
): OurPlan[] {
  const timed = rankedIds(tuning).flatMap((own) => usable.find((point) => point.id === own) ?? []);
  const defaults = usable.filter(({ variant }, i) => usable.findIndex((point) => point.variant === variant) === i);
  if (timed.length === 0) {
    const better = defaults.filter(({ variant }) => !variant.endsWith('naive'));
    return better.length > 0 ? better : defaults;
  }
  const first = timed.slice(0, FINALISTS);
  return [...first, ...defaults.filter((point) => always.includes(point.variant) && !first.includes(point))];
}

/** Ids of the candidates that were timed, the chosen first, then by time. */
function rankedIds(tuning: TuningOutcome | null): string[] {
  if (!tuning) return [];
  const timeOf = ({ id, timeNs, trialNs }: TunedCandidate): number =>
    id === tuning.chosen ? 0 : (timeNs ?? trialNs ?? Number.POSITIVE_INFINITY);
  const timed = tuning.candidates.filter((item) => Number.isFinite(timeOf(item)) && item.state !== 'wrong');
  return timed.sort((a, b) => timeOf(a) - timeOf(b)).map(({ id }) => id);
}

/**
 * The fastest of our forms that is right. The tuner's choice is kept once this longer check has passed it; one that was
 * recalled and is wrong is raced for anew.
 */
export async function chooseOurs(
  machine: Machine,
  ours: OurSide,
  settings: KernelSettings,
  check: Check,
  signal: AbortSignal,
): Promise<Chosen> {
  const right = new Map<string, boolean>();
  const noting: Check = async (contender, tolerance) => {
    const verification = await check(contender, tolerance);
    right.set(contender.facts.form!, verification.state === 'passed');
    return verification;
  };
  const chosen = await chooseForm(ourForms(machine, ours.plans, settings), noting, signal);
  const isRight = right.get(ours.tuning?.chosen ?? '');
  if (isRight && ours.tuning?.from === 'race') await ours.remember();
  if (isRight !== false || ours.tuning?.from !== 'memory') return chosen;
  await chosen.contender.close();
  return chooseOurs(machine, await ours.anew(), settings, check, signal);
}

/** `settings` are those of the inputs, the same for every plan and every library. */
function ourForms(machine: Machine, plans: readonly OurPlan[], settings: KernelSettings): Form[] {
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
