// The shader against its CPU twin on the machine's adapter: every whole number equal, every rate within 1e-5, the random
// words themselves, the length of a dispatch, and how fast both are.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { philox, type Words } from '../../src/core/philox.ts';
import { STATES } from '../../src/core/rollout.ts';
import { openKernel } from '../../src/gpu/kernel-executor.ts';
import { createGpuRollout } from '../../src/gpu/rollout-engine.ts';
import { type OpenedDawn, openDawn } from '../../src/native/dawn.ts';
import { TEST_INPUTS } from './inputs.test-support.ts';
import philoxSource from './philox.wgsl?raw';
import { cpuTwin } from './twin.ts';

const SCENARIOS = 3000;
let opened: OpenedDawn;
beforeAll(async () => {
  opened = await openDawn();
});
afterAll(() => opened.device.destroy());

describe('philox.wgsl', () => {
  it('gives the words of its twin, each half exact in f32', async () => {
    const n = 512;
    const main = `@group(0) @binding(0) var<storage, read_write> halves: array<f32>;
@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u) {
  let words = philox(vec4u(id.x, id.x * 7919u, ~id.x, 3u), vec2u(id.x ^ 0x5bd1e995u, 0xdeadbeefu));
  for (var i = 0u; i < 4u; i++) {
    halves[id.x * 8u + 2u * i] = f32(words[i] >> 16u);
    halves[id.x * 8u + 2u * i + 1u] = f32(words[i] & 0xffffu);
  }
}`;
    const words: Words = [0, 0, 0, 0];
    const expected = Float64Array.from({ length: n * 8 }, (_, at) => {
      const i = Math.floor(at / 8);
      philox(words, i, Math.imul(i, 7919), ~i, 3, i ^ 0x5bd1e995, 0xdeadbeef);
      const word = words[Math.floor(at / 2) % 4]!;
      return at % 2 === 0 ? word >>> 16 : word & 0xffff;
    });
    const kernel = await openKernel(
      opened.device,
      {
        buffers: [{ name: 'halves', role: 'output', bytes: 32 * n }],
        dispatches: [
          {
            shader: { label: 'philox', source: `${philoxSource}\n${main}`, constants: {} },
            bindings: ['halves'],
            workgroups: [n / 64, 1, 1],
          },
        ],
        checks: [
          {
            buffer: 'halves',
            length: n * 8,
            flopsPerElement: 1,
            tolerance: { nmse: 0, absolute: 0 },
            reference: (_, indices) => Float64Array.from(indices, (i) => expected[i]!),
          },
        ],
        flops: n,
        bytes: n,
      },
      { seed: 1, id: 'kernel/rollout/philox' },
    );
    try {
      expect(await kernel.verify(10)).toMatchObject({ state: 'passed', checked: n * 8 });
    } finally {
      kernel.close();
    }
  });
});

describe('rollout.wgsl', () => {
  it('equals its CPU twin: whole numbers to the bit, rates within 1e-5', async () => {
    const gpu = createGpuRollout(opened.device, opened.adapter.description);
    await gpu.run(TEST_INPUTS, 0, 1);
    const began = performance.now();
    const shader = await gpu.run(TEST_INPUTS, 7, SCENARIOS);
    const between = performance.now();
    const twin = await cpuTwin.run(TEST_INPUTS, 7, SCENARIOS);
    const ended = performance.now();
    expect(twin.states.some((x, i) => i % STATES.length === STATES.indexOf('lpx-racks') && x > 0)).toBe(true);
    expect(shader.factors).toEqual(twin.factors);
    expect(shader.states).toEqual(twin.states);
    let worst = 0;
    twin.rates.forEach((x, i) => {
      worst = Math.max(worst, Math.abs(shader.rates[i]! - x) / Math.max(x, 1));
    });
    expect(worst).toBeLessThan(1e-5);
    expect(gpu.longestMs()).toBeLessThan(1000);
    const perSecond = (ms: number): string => `${Math.round((1000 * SCENARIOS) / ms).toLocaleString('en-US')}/s`;
    console.info(
      `rollout, ${SCENARIOS} scenarios: ${gpu.name} ${perSecond(between - began)} (read-back included), ` +
        `${cpuTwin.name} ${perSecond(ended - between)}, worst rate error ${worst.toExponential(1)}`,
    );
  });

  it('draws the same scenario wherever a piece begins', async () => {
    const gpu = createGpuRollout(opened.device, opened.adapter.description);
    const whole = await gpu.run(TEST_INPUTS, 0, 200);
    const part = await gpu.run(TEST_INPUTS, 150, 50);
    expect(part.states).toEqual(whole.states.slice(150 * TEST_INPUTS.quarters * STATES.length));
  });
});
