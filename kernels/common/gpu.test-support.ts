// For the families' GPU tests: runs plans on the machine's adapter (a real GPU or SwiftShader) and holds every output
// element to the f64 reference. Knows no family.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCaseId, type Params } from '../../src/core/case-id.ts';
import { capsOf } from '../../src/gpu/device.ts';
import { openKernel } from '../../src/gpu/kernel-executor.ts';
import { type OpenedDawn, openDawn } from '../../src/native/dawn.ts';
import type { DeviceCaps, HostArray, KernelFamily, KernelVariant } from '../family.ts';

/** Enough for every element of a test's shape; a sample would leave edges unseen. */
const CHECK_SECONDS = 100;

interface GpuCase {
  readonly variants: readonly string[];
  readonly params: Params;
  /** Pretends that the device allows only so many workgroups a dimension, so that the grid is folded. */
  readonly workgroupLimit?: number;
  /** Runs every point of the tuning space too, not the default alone. */
  readonly tuned?: boolean;
  /** Inputs, by buffer name, in place of the seeded ones: for values a fill never draws. */
  readonly inputs?: Readonly<Record<string, HostArray>>;
}

/** One test per case and variant: the plan is legal, and all of its output agrees with the reference. */
export function describeOnGpu(family: KernelFamily, cases: readonly GpuCase[]): void {
  let opened: OpenedDawn;
  beforeAll(async () => {
    opened = await openDawn();
  });
  afterAll(() => opened.device.destroy());
  describe(family.name, () => {
    for (const test of cases) {
      for (const name of test.variants) {
        it(titleOf(family, name, test), async () => {
          const variant = family.variants.find((item) => item.name === name)!;
          const { device } = opened;
          const { workgroupLimit: limit } = test;
          const caps = { ...capsOf(device), ...(limit !== undefined && { maxComputeWorkgroupsPerDimension: limit }) };
          const points = test.tuned ? variant.tuning!(test.params, caps) : [{}];
          for (const point of points) await verify(device, family, variant, { ...test.params, ...point }, test, caps);
        });
      }
    }
  });
}

function titleOf(family: KernelFamily, variant: string, { params, workgroupLimit, tuned, inputs }: GpuCase): string {
  const extras = [
    workgroupLimit !== undefined && `at most ${workgroupLimit} workgroups a dimension`,
    tuned && 'every tuning point',
    inputs && `own ${Object.keys(inputs).join(', ')}`,
  ].filter(Boolean);
  return [formatCaseId(`kernel/${family.name}/${variant}`, params), ...extras].join(', ');
}

async function verify(
  device: GPUDevice,
  family: KernelFamily,
  variant: KernelVariant,
  params: Params,
  { inputs = {} }: GpuCase,
  caps: DeviceCaps,
): Promise<void> {
  const id = formatCaseId(`kernel/${family.name}/${variant.name}`, params);
  expect(variant.illegal(params, caps), id).toBeNull();
  const plan = variant.plan(params, caps);
  const buffers = plan.buffers.map((buffer) =>
    inputs[buffer.name] ? { ...buffer, fill: () => inputs[buffer.name]! } : buffer,
  );
  const run = await openKernel(device, { ...plan, buffers }, { seed: 7, id });
  try {
    const outcome = await run.verify(CHECK_SECONDS);
    expect(outcome.detail, id).toBeUndefined();
    expect(outcome.checked, id).toBe(outcome.total);
  } finally {
    run.close();
  }
}
