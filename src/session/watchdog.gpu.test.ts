// A shader without end on a real queue: its case is given up, another device opened beside it, and the session goes on. The
// device that hangs is left alone, here too: to destroy it would wait for it. SwiftShader's threads serve the shaders of all
// devices of a process, one of them stuck: the second device is asked for a copy, which its queue makes without them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CaseOutcome } from '../bench/outcome.ts';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { type NativeMachine, openNativeMachine } from '../native/machine.ts';
import { runSession, type SessionCase } from './run-session.ts';

const ENDLESS = `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(1) fn main() {
  var x = y[0];
  loop {
    x = x * 1664525u + 1013904223u;
    if (x == 1u && y[1] == 7u) { break; }
  }
  y[0] = x;
}`;
const SHORT = `@group(0) @binding(0) var<storage, read_write> y: array<u32>;
@compute @workgroup_size(1) fn main() { y[0] = 1u; }`;

let machine: NativeMachine;
let second: OpenedDawn | null = null;
beforeAll(async () => {
  machine = await openNativeMachine();
});
afterAll(() => second?.device.destroy());

const ok: CaseOutcome = { state: 'ok', metrics: [], facts: {}, warnings: [] };

function caseOf(label: string, work: (device: GPUDevice) => Promise<unknown>): SessionCase {
  return {
    ...{ id: `kernel/shader/${label}:n=1`, kind: 'kernel', knownFault: null, budgetShare: 1, estimate: () => 1 },
    run: async ({ device }) => {
      await work(device);
      return ok;
    },
  };
}

const shaderCase = (label: string, code: string): SessionCase =>
  caseOf(label, async (device) => {
    const compute = { module: device.createShaderModule({ label, code }), entryPoint: 'main' };
    const pipeline = await device.createComputePipelineAsync({ label, layout: 'auto', compute });
    const buffer = device.createBuffer({ label, size: 16, usage: GPUBufferUsage.STORAGE });
    const layout = pipeline.getBindGroupLayout(0);
    const bindGroup = device.createBindGroup({ label, layout, entries: [{ binding: 0, resource: { buffer } }] });
    const encoder = device.createCommandEncoder({ label });
    const pass = encoder.beginComputePass({ label });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(1);
    pass.end();
    device.queue.submit([encoder.finish()]);
    await device.queue.onSubmittedWorkDone();
  });

const copyCase = caseOf('copy', async (device) => {
  const size = 16;
  const from = device.createBuffer({ label: 'from', size, usage: GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST });
  const to = device.createBuffer({ label: 'to', size, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(from, 0, Uint32Array.of(1, 2, 3, 4));
  const encoder = device.createCommandEncoder({ label: 'copy' });
  encoder.copyBufferToBuffer(from, 0, to, 0, size);
  device.queue.submit([encoder.finish()]);
  await to.mapAsync(GPUMapMode.READ);
  expect([...new Uint32Array(to.getMappedRange())]).toEqual([1, 2, 3, 4]);
});

it('gives up a case whose shader has no end, and runs the next on another device', async () => {
  const cases = [shaderCase('short', SHORT), shaderCase('endless', ENDLESS), copyCase];
  const session = await runSession(machine, cases, {
    options: DEFAULT_OPTIONS,
    signal: new AbortController().signal,
    emit: () => {},
    reopen: async () => {
      second = await openDawn();
      return { ...machine, ...second };
    },
    disturbance: () => null,
    patienceMs: 3000,
  });
  expect(session.rows.map(({ state, reason }) => [state, reason])).toEqual([
    ['ok', undefined],
    ['error', 'no answer for 3 s: given up'],
    ['ok', undefined],
  ]);
  const doubt = session.warnings.find(({ name }) => name === 'adapter-changed');
  expect(doubt?.detail).toBe('after kernel/shader/endless:n=1, which gave no answer');
  expect([second !== null, session.state]).toEqual([true, 'complete']);
});
