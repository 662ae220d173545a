// Turns a kernel plan into buffers and dispatches: verifies it once, then runs timed batches of it.
// One compute pass and one submit per batch; the span ends when bytes the work wrote are readable.
import type { HostArray, KernelPlan, OutputCheck } from '../../kernels/family.ts';
import type { BatchTime, Executor } from '../bench/executor.ts';
import type { VerificationOutcome } from '../bench/outcome.ts';
import { createRng, streamOf } from '../core/rng.ts';
import { pipelineFor } from './pipelines.ts';
import { withErrorScopes } from './scopes.ts';
import { chooseIndices, verifyOutputs } from './verify.ts';

export interface KernelRun extends Executor {
  /** Runs once over poisoned outputs and compares with the f64 reference, spending about `seconds` on it. */
  verify(seconds: number): Promise<VerificationOutcome>;
  /** All f32 elements of an output, as the last run left them. */
  readOutput(name: string): Promise<Float32Array>;
  /** ns from asking for the pipelines to having them. */
  readonly compileNs: number;
  close(): void;
}

export interface KernelSettings {
  /** Seed of the inputs; with the id it gives each case its own stream. */
  readonly seed: number;
  readonly id: string;
}

interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

const READBACK_CHUNK = 64 * 2 ** 20;
const POISON = new Uint32Array(2 ** 20).fill(0x7fc00000);
const TIMESTAMP_BYTES = 16;

/** Allocates and fills the plan's buffers and compiles its shaders. Throws on any validation or memory error. */
export async function openKernel(device: GPUDevice, plan: KernelPlan, settings: KernelSettings): Promise<KernelRun> {
  const buffers = new Map<string, GPUBuffer>();
  const inputs: Record<string, HostArray> = {};
  const release = (): void => {
    for (const buffer of buffers.values()) buffer.destroy();
  };
  try {
    return await withErrorScopes(device, settings.id, async () => {
      for (const spec of plan.buffers) {
        const buffer = device.createBuffer({
          label: `${settings.id} ${spec.name}`,
          size: spec.bytes,
          usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
        });
        buffers.set(spec.name, buffer);
        if (spec.fill) {
          const contents = spec.fill(createRng(settings.seed, streamOf(`${settings.id} ${spec.name}`)));
          device.queue.writeBuffer(buffer, 0, contents as GPUAllowSharedBufferSource);
          inputs[spec.name] = contents;
        }
      }
      const began = performance.now();
      const pipelines = await Promise.all(plan.dispatches.map(({ shader }) => pipelineFor(device, shader)));
      const compileNs = (performance.now() - began) * 1e6;
      const steps = plan.dispatches.map((dispatch, i): Step => {
        const pipeline = pipelines[i]!;
        const entries = dispatch.bindings.map((name, binding) => ({
          binding,
          resource: { buffer: buffers.get(name)! },
        }));
        const bindGroup = device.createBindGroup({
          label: dispatch.shader.label,
          layout: pipeline.getBindGroupLayout(0),
          entries,
        });
        return { pipeline, bindGroup, workgroups: dispatch.workgroups };
      });
      const timing = openTiming(device, settings.id, buffers.get(plan.checks[0]!.buffer)!);
      return {
        compileNs,
        runBatch: (count) => timing.run(count, steps),
        verify: (seconds) =>
          withErrorScopes(device, settings.id, () =>
            verifyRun(device, plan.checks, inputs, buffers, () => timing.run(1, steps), seconds),
          ),
        readOutput: (name) => {
          const buffer = buffers.get(name)!;
          return readElements(
            device,
            buffer,
            Uint32Array.from({ length: buffer.size / 4 }, (_, i) => i),
          );
        },
        close: () => {
          timing.close();
          release();
        },
      };
    });
  } catch (error) {
    release();
    throw error;
  }
}

interface Timing {
  run(count: number, steps: readonly Step[]): Promise<BatchTime>;
  close(): void;
}

/** Query set and staging for one case; `written` is a buffer the work writes, whose first word ends the span. */
function openTiming(device: GPUDevice, label: string, written: GPUBuffer): Timing {
  const querySet = device.features.has('timestamp-query')
    ? device.createQuerySet({ label, type: 'timestamp', count: 2 })
    : null;
  const resolved = device.createBuffer({
    label: `${label} timestamps`,
    size: TIMESTAMP_BYTES,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const staging = device.createBuffer({
    label: `${label} staging`,
    size: TIMESTAMP_BYTES + 4,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  const run = async (count: number, steps: readonly Step[]): Promise<BatchTime> => {
    const encoder = device.createCommandEncoder({ label });
    const timestampWrites = querySet ? { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } : undefined;
    const pass = encoder.beginComputePass({ label, timestampWrites });
    for (let i = 0; i < count; i++) {
      for (const step of steps) {
        pass.setPipeline(step.pipeline);
        pass.setBindGroup(0, step.bindGroup);
        pass.dispatchWorkgroups(...step.workgroups);
      }
    }
    pass.end();
    if (querySet) {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, TIMESTAMP_BYTES);
    }
    encoder.copyBufferToBuffer(written, 0, staging, TIMESTAMP_BYTES, 4);
    const commands = encoder.finish();
    const began = performance.now();
    device.queue.submit([commands]);
    await staging.mapAsync(GPUMapMode.READ);
    const wallNs = (performance.now() - began) * 1e6;
    const [begin, end] = new BigUint64Array(staging.getMappedRange(0, TIMESTAMP_BYTES));
    const gpuNs = querySet ? Number(end! - begin!) : null;
    staging.unmap();
    return { wallNs, gpuNs };
  };
  const close = (): void => {
    querySet?.destroy();
    resolved.destroy();
    staging.destroy();
  };
  return { run, close };
}

async function verifyRun(
  device: GPUDevice,
  checks: readonly OutputCheck[],
  inputs: Readonly<Record<string, HostArray>>,
  buffers: ReadonlyMap<string, GPUBuffer>,
  runOnce: () => Promise<BatchTime>,
  seconds: number,
): Promise<VerificationOutcome> {
  for (const check of checks) poison(device, buffers.get(check.buffer)!);
  await runOnce();
  const outputs = [];
  for (const check of checks) {
    const indices = chooseIndices(check, seconds / checks.length);
    outputs.push({ indices, values: await readElements(device, buffers.get(check.buffer)!, indices) });
  }
  return verifyOutputs(checks, inputs, outputs);
}

/** Fills with NaN, so that an element the kernel never writes cannot pass. */
function poison(device: GPUDevice, buffer: GPUBuffer): void {
  for (let offset = 0; offset < buffer.size; offset += POISON.byteLength) {
    device.queue.writeBuffer(buffer, offset, POISON, 0, Math.min(POISON.byteLength, buffer.size - offset) / 4);
  }
}

/** Reads the f32 elements at ascending `indices`, a bounded chunk at a time. */
async function readElements(device: GPUDevice, buffer: GPUBuffer, indices: Uint32Array): Promise<Float32Array> {
  const values = new Float32Array(indices.length);
  const staging = device.createBuffer({
    label: 'read-back',
    size: Math.min(READBACK_CHUNK, buffer.size),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    let next = 0;
    for (let offset = 0; offset < buffer.size && next < indices.length; offset += staging.size) {
      const size = Math.min(staging.size, buffer.size - offset);
      if (indices[next]! * 4 >= offset + size) continue;
      const encoder = device.createCommandEncoder({ label: 'read-back' });
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ, 0, size);
      const chunk = new Float32Array(staging.getMappedRange(0, size));
      for (; next < indices.length && indices[next]! * 4 < offset + size; next++) {
        values[next] = chunk[indices[next]! - offset / 4]!;
      }
      staging.unmap();
    }
  } finally {
    staging.destroy();
  }
  return values;
}
