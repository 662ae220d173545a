// The matrix kernel's index logic on devices without matrix units: its own plan, f16 as f32 and the units in plain arithmetic.
// What is left to a GPU that has them is the arithmetic itself.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Params } from '../../src/core/case-id.ts';
import { capsOf } from '../../src/gpu/device.ts';
import { openKernel } from '../../src/gpu/kernel-executor.ts';
import { type OpenedDawn, openDawn } from '../../src/native/dawn.ts';
import { halfAt, packHalves } from '../common/halves.ts';
import type { DeviceCaps, HostArray, KernelPlan } from '../family.ts';
import { matrix } from './matrix.ts';
import right from './matrix-right.wgsl?raw';
import slice from './matrix-slice.wgsl?raw';
import emulated from './matrix-units.test-support.wgsl?raw';
import units from './matrix-units.wgsl?raw';

const LOAD = /subgroupMatrixLoad<Right, row_major>\(&(\w+), at, (\w+)\)/;

/** A file's loadRight without the matrix units. */
function inPlainLoads(file: string): string {
  const [, array, stride] = LOAD.exec(file)!;
  const body = `var matrix = Right();
  for (var i = 0u; i < MK * MN; i++) {
    matrix[i] = ${array}[at + i / MN * ${stride} + i % MN];
  }
  return matrix;`;
  return file.replace(`return ${LOAD.exec(file)![0]};`, body);
}

/** The plan with every f16 an f32 and every matrix an array. */
function inPlainArithmetic(plan: KernelPlan): KernelPlan {
  const twin = (source: string): string =>
    source
      .replace('alias h = f16;', 'alias h = f32;')
      .replace(units, emulated)
      .replace(right, inPlainLoads(right))
      .replace(slice, inPlainLoads(slice));
  const isHalf = (name: string): boolean => name !== 'c' && name !== 'c-padded';
  return {
    ...plan,
    buffers: plan.buffers.map((buffer) => {
      if (!isHalf(buffer.name)) return buffer;
      const { fill } = buffer;
      const unpacked = (words: HostArray) =>
        Float32Array.from({ length: 2 * words.length }, (_, i) => halfAt(words, i));
      return { ...buffer, bytes: 2 * buffer.bytes, ...(fill && { fill: (rng) => unpacked(fill(rng)) }) };
    }),
    dispatches: plan.dispatches.map((step) => ({
      ...step,
      shader: { ...step.shader, source: twin(step.shader.source), enables: ['subgroups'] },
    })),
    checks: plan.checks.map((check) => ({
      ...check,
      tolerance: { nmse: 1e-11 },
      reference: (inputs, indices) => check.reference({ a: packHalves(inputs.a!), b: packHalves(inputs.b!) }, indices),
    })),
  };
}

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

const CONFIG = { componentType: 'f16', resultComponentType: 'f32', M: 4, N: 8, K: 8 };
const cases: [string, Params, Partial<DeviceCaps>][] = [
  ['whole tiles', { m: 32, n: 64, k: 64 }, {}],
  ['primes', { m: 37, n: 67, k: 61 }, {}],
  ['one element', { m: 1, n: 1, k: 1 }, {}],
  ['A and C whole, B not', { m: 32, n: 50, k: 64 }, {}],
  ['two subgroups a workgroup', { m: 20, n: 70, k: 40 }, { maxComputeInvocationsPerWorkgroup: 8 }],
  ['more workgroups than a row', { m: 70, n: 200, k: 20 }, { maxComputeWorkgroupsPerDimension: 16 }],
];

/** Few matrices a subgroup: SwiftShader compiles each one's loops apart. */
const POINTS: readonly Params[] = [
  { down: 2, across: 2 },
  { down: 1, across: 3, staged: 0, bk: 16 },
];

it.each(cases)('%s: %j', async (_, shape, changes) => {
  const own = capsOf(opened.device);
  const caps = {
    ...own,
    features: new Set(['subgroups', 'shader-f16', 'chromium-experimental-subgroup-matrix']),
    subgroupMatrixConfigs: [CONFIG],
    ...changes,
  };
  for (const point of POINTS) {
    const params = { ...shape, type: 'f16', ...point };
    expect(matrix.illegal(params, caps)).toBeNull();
    const plan = inPlainArithmetic(matrix.plan(params, caps));
    const run = await openKernel(opened.device, plan, { seed: 7, id: JSON.stringify(params) });
    try {
      const outcome = await run.verify(100);
      expect(outcome.detail, JSON.stringify(params)).toBeUndefined();
      expect(outcome.checked).toBe(outcome.total);
    } finally {
      run.close();
    }
  }
});
