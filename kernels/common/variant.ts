// Builds a KernelVariant from its parts, with the legality rules that hold for every kernel: buffer sizes, workgroup
// limits, features. Knows no family.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import type { DeviceCaps, KernelPlan, KernelVariant } from '../family.ts';

/** What a variant asks of a device besides its buffers. */
export interface Needs {
  readonly invocations: number;
  readonly workgroupBytes?: number;
  readonly features?: readonly string[];
  /** WGSL language features. */
  readonly languages?: readonly string[];
}

interface VariantSpec<P> {
  readonly name: string;
  readonly idea: string;
  readonly read: (params: Params) => P;
  /** Why these parameters do not go together, or null: `illegal` says it and `plan` throws it. */
  readonly fault?: (params: P) => string | null;
  readonly needs: (params: P, caps: DeviceCaps) => Needs;
  readonly plan: (params: P, caps: DeviceCaps) => KernelPlan;
  /** Points of the tuning space beside the default, legal or not. */
  readonly tuning?: (params: P, caps: DeviceCaps) => readonly Params[];
}

/** `illegal` and `plan` both throw a UserError on bad parameters; `illegal` answers for the device alone. */
export function defineVariant<P>(spec: VariantSpec<P>): KernelVariant {
  const illegal = (params: Params, caps: DeviceCaps): string | null => {
    const typed = spec.read(params);
    const fault = spec.fault?.(typed) ?? null;
    if (fault !== null) return fault;
    return unmetNeed(spec.needs(typed, caps), caps) ?? oversizedBuffer(spec.plan(typed, caps), caps);
  };
  const { tuning } = spec;
  return {
    name: spec.name,
    idea: spec.idea,
    illegal,
    // The default point adds nothing: it is the case as its id names it.
    ...(tuning && {
      tuning: (params: Params, caps: DeviceCaps) => [
        {},
        ...tuning(spec.read(params), caps).filter((point) => illegal({ ...params, ...point }, caps) === null),
      ],
    }),
    plan: (params, caps) => {
      const typed = spec.read(params);
      const fault = spec.fault?.(typed) ?? null;
      if (fault !== null) throw new UserError(`${spec.name}: ${fault}`);
      return spec.plan(typed, caps);
    },
  };
}

function unmetNeed(needs: Needs, caps: DeviceCaps): string | null {
  const missing = (needs.features ?? []).find((feature) => !caps.features.has(feature));
  if (missing !== undefined) return `needs the feature '${missing}', which this device lacks`;
  const unspoken = (needs.languages ?? []).find((feature) => !caps.languageFeatures.has(feature));
  if (unspoken !== undefined) return `needs the WGSL feature '${unspoken}', which this browser lacks`;
  if (needs.invocations > caps.maxComputeInvocationsPerWorkgroup) {
    return `needs ${needs.invocations} invocations a workgroup; this device allows ${caps.maxComputeInvocationsPerWorkgroup}`;
  }
  const bytes = needs.workgroupBytes ?? 0;
  if (bytes > caps.maxComputeWorkgroupStorageSize) {
    return `needs ${bytes} bytes of workgroup memory; this device allows ${caps.maxComputeWorkgroupStorageSize}`;
  }
  return null;
}

function oversizedBuffer(plan: KernelPlan, caps: DeviceCaps): string | null {
  const buffer = plan.buffers.find((item) => item.bytes > caps.maxStorageBufferBindingSize);
  if (buffer === undefined) return null;
  return `buffer '${buffer.name}' is ${buffer.bytes} bytes; this device binds at most ${caps.maxStorageBufferBindingSize}`;
}
