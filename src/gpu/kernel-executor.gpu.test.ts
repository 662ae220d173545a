// The executor on a real queue with a kernel small enough to read: does it verify, notice faults, time and free?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostArray, KernelPlan } from '../../kernels/family.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { openKernel } from './kernel-executor.ts';

const N = 1000;
const doubling = (body: string): KernelPlan => ({
  buffers: [
    { name: 'x', role: 'input', bytes: N * 4, fill: (rng) => Float32Array.from({ length: N }, () => rng.uniform()) },
    { name: 'y', role: 'output', bytes: N * 4 },
  ],
  dispatches: [
    {
      shader: {
        label: 'doubling',
        constants: { N },
        source: `@group(0) @binding(0) var<storage, read> x: array<f32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) { ${body} }`,
      },
      bindings: ['x', 'y'],
      workgroups: [Math.ceil(N / 64), 1, 1],
    },
  ],
  checks: [
    {
      buffer: 'y',
      length: N,
      flopsPerElement: 1,
      tolerance: { nmse: 1e-14 },
      reference: (inputs: Readonly<Record<string, HostArray>>, indices) =>
        Float64Array.from(indices, (i) => 2 * inputs.x![i]!),
    },
  ],
  flops: N,
  bytes: 8 * N,
});
const settings = { seed: 1, id: 'kernel/doubling/plain:n=1000' };

let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

describe('openKernel', () => {
  it('passes a right kernel on every element and times a batch', async () => {
    const run = await openKernel(opened.device, doubling('if (id.x < N) { y[id.x] = 2.0 * x[id.x]; }'), settings);
    expect(await run.verify(1)).toMatchObject({ state: 'passed', checked: N, total: N });
    const { wallNs, gpuNs } = await run.runBatch(10);
    expect(wallNs).toBeGreaterThan(0);
    expect(gpuNs).toBeGreaterThan(0);
    expect(gpuNs).toBeLessThan(wallNs);
    run.close();
  });
  it('notices an element that is never written', async () => {
    const run = await openKernel(opened.device, doubling('if (id.x < N - 1u) { y[id.x] = 2.0 * x[id.x]; }'), settings);
    const verdict = await run.verify(1);
    expect(verdict.state).toBe('failed');
    expect(verdict.detail).toMatch(/999\s+[\d.]+e\+3[78]/);
    run.close();
  });
  it('samples when the reference would take too long, ends included', async () => {
    const run = await openKernel(opened.device, doubling('if (id.x > 0u) { y[id.x] = 2.0 * x[id.x]; }'), settings);
    const verdict = await run.verify(1e-9);
    expect(verdict).toMatchObject({ state: 'failed', checked: 512, total: N });
    run.close();
  });
  it('shows a shader error with line, column and source', async () => {
    await expect(openKernel(opened.device, doubling('y[id.x] = 1u;'), settings)).rejects.toThrow(
      /doubling:4:\d+: [\s\S]*4 {2}@compute/,
    );
  });
  it('reports a validation error with the case id', async () => {
    const plan = doubling('y[id.x] = x[id.x];');
    const broken = { ...plan, dispatches: [{ ...plan.dispatches[0]!, bindings: ['x'] }] };
    await expect(openKernel(opened.device, broken, settings)).rejects.toThrow(/kernel\/doubling\/plain:n=1000/);
  });
});
