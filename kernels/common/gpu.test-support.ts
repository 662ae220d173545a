// For the families' GPU tests: runs plans on the machine's adapter (a real GPU or SwiftShader) and holds every output
// element to the f64 reference. Knows no family.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatCaseId, type Params } from '../../src/core/case-id.ts';
import { capsOf } from '../../src/gpu/device.ts';
import { openKernel } from '../../src/gpu/kernel-executor.ts';
import { type OpenedDawn, openDawn } from '../../src/native/dawn.ts';
import type { KernelFamily } from '../family.ts';

/** Enough for every element of a test's shape; a sample would leave edges unseen. */
const CHECK_SECONDS = 100;

interface GpuCase {
  readonly variants: readonly string[];
  readonly params: Params;
  /** Pretends that the device allows only so many workgroups a dimension, so that the grid is folded. */
  readonly workgroupLimit?: number;
}

/** One test per case and variant: the plan is legal, and all of its output agrees with the reference. */
export function describeOnGpu(family: KernelFamily, cases: readonly GpuCase[]): void {
  let opened: OpenedDawn;
  beforeAll(async () => {
    opened = await openDawn();
  });
  afterAll(() => opened.device.destroy());
  describe(family.name, () => {
    for (const { variants, params, workgroupLimit } of cases) {
      for (const name of variants) {
        const id = formatCaseId(`kernel/${family.name}/${name}`, params);
        it(workgroupLimit === undefined ? id : `${id}, at most ${workgroupLimit} workgroups a dimension`, async () => {
          const variant = family.variants.find((item) => item.name === name)!;
          const caps = capsOf(opened.device);
          const limited =
            workgroupLimit === undefined ? caps : { ...caps, maxComputeWorkgroupsPerDimension: workgroupLimit };
          expect(variant.illegal(params, limited)).toBeNull();
          const run = await openKernel(opened.device, variant.plan(params, limited), { seed: 7, id });
          try {
            const outcome = await run.verify(CHECK_SECONDS);
            expect(outcome.detail).toBeUndefined();
            expect(outcome.checked).toBe(outcome.total);
          } finally {
            run.close();
          }
        });
      }
    }
  });
}
