// Turns a kernel plan into buffers and dispatches: verifies it once, then runs timed batches of it.
// One compute pass and one submit per batch; the span ends when bytes the work wrote are readable.
import type { ElementFormat, HostArray, KernelPlan, OutputCheck } from '../../kernels/family.ts';
import type { BatchTime, Executor } from '../bench/executor.ts';
import type { VerificationOutcome } from '../bench/outcome.ts';
import { numberFromHalf } from '../core/half.ts';
import { allocateBuffers, type KernelSettings } from './kernel-buffers.ts';
import { pipelineFor } from './pipelines.ts';
import { withErrorScopes } from './scopes.ts';
import { chooseIndices, verifyOutputs } from './verify.ts';

export interface KernelRun extends Executor {
  /** Runs once over poisoned outputs and compares with the f64 reference, spending about `seconds` on it. */
  verify(seconds: number): Promise<VerificationOutcome>;
  /** Compares what the last run left, without running: what was timed is what is right. */
  verifyAgain(seconds: number): Promise<VerificationOutcome>;
  /** One operation with about this share of its workgroups: what it costs, not what it gives. */
  runPart(share: number): Promise<BatchTime>;
  /** One operation without timestamps or staging: resolves when the queue is drained, with nothing read back. */
  once(): Promise<void>;
  /** Runs `work` inside this case's error scopes: a rejected submit throws instead of timing nothing. */
  guarded<T>(work: () => Promise<T>): Promise<T>;
  /** All elements of an f32 output, as the last run left them. */
  readOutput(name: string): Promise<Float32Array>;
  /** Copies of the buffers that rotate; 1 where none does. */
  readonly copies: number;
  /** ns from asking for the pipelines to having them. */
  readonly compileNs: number;
  close(): void;
}

interface Step {
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: readonly [number, number, number];
}

const READBACK_CHUNK = 64 * 2 ** 20;
/** About 1e38: no kernel's answer, and unlike NaN never equal to a reference that is not a number. */
const POISON = new Uint32Array(2 ** 20).fill(0x7e967699);
const TIMESTAMP_BYTES = 16;

/** Allocates and fills the plan's buffers and compiles its shaders. Throws on any validation or memory error. */
export async function openKernel(device: GPUDevice, plan: KernelPlan, settings: KernelSettings): Promise<KernelRun> {
  const resources: { destroy(): void }[] = [];
  const close = (): void => {
    for (const resource of resources) resource.destroy();
  };
  const guarded = <T>(work: () => Promise<T>): Promise<T> => withErrorScopes(device, settings.id, work);
  try {
    const run = await guarded(async (): Promise<KernelRun> => {
      const { buffers: all, inputs, copies } = allocateBuffers(device, plan, settings, resources);
      // Copies hold the same; what is written has none.
      const buffers = new Map([...all].map(([name, [first]]) => [name, first!]));
      const began = performance.now();
      const pipelines = await Promise.all(plan.dispatches.map(({ shader }) => pipelineFor(device, shader)));
      const compileNs = (performance.now() - began) * 1e6;
      const steps = Array.from({ length: copies }, (_, copy) => bindSteps(device, plan, pipelines, all, copy));
      const runBatch = openTiming(device, settings.id, buffers.get(plan.checks[0]!.buffer)!, resources);
      const compare = (seconds: number): Promise<VerificationOutcome> =>
        compareOutputs(device, plan.checks, inputs, buffers, seconds);
      return {
        copies,
        compileNs,
        guarded,
        runBatch: (count) => runBatch(count, steps),
        runPart: (share) => runBatch(1, [steps[0]!.map((step) => partOf(step, share))]),
        once: () => {
          const encoder = device.createCommandEncoder({ label: settings.id });
          encodeSteps(encoder.beginComputePass({ label: settings.id }), 1, steps, 0);
          device.queue.submit([encoder.finish()]);
          return device.queue.onSubmittedWorkDone();
        },
        verify: (seconds) =>
          guarded(async () => {
            for (const check of plan.checks) poison(device, buffers.get(check.buffer)!);
            await runBatch(1, steps);
            return compare(seconds);
          }),
        verifyAgain: (seconds) => guarded(() => compare(seconds)),
        readOutput: async (name) => {
          const buffer = buffers.get(name)!;
          const all = Uint32Array.from({ length: buffer.size / 4 }, (_, i) => i);
          return Float32Array.from(await readElements(device, buffer, all, 'f32'));
        },
        close,
      };
    });
    settings.pool?.settle(true);
    return run;
  } catch (error) {
    close();
    settings.pool?.settle(false);
    throw error;
  }
}

function bindSteps(
  device: GPUDevice,
  plan: KernelPlan,
  pipelines: readonly GPUComputePipeline[],
  buffers: ReadonlyMap<string, readonly GPUBuffer[]>,
  copy: number,
): Step[] {
  return plan.dispatches.map(({ bindings, shader, workgroups }, i) => {
    const pipeline = pipelines[i]!;
    const entries = bindings.map((name, binding) => {
      const copies = buffers.get(name)!;
      return { binding, resource: { buffer: copies[copy % copies.length]! } };
    });
    const layout = pipeline.getBindGroupLayout(0);
    return { pipeline, bindGroup: device.createBindGroup({ label: shader.label, layout, entries }), workgroups };
  });
}

/** The step with its longest dimension cut to a share. */
function partOf(step: Step, share: number): Step {
  const longest = step.workgroups.indexOf(Math.max(...step.workgroups));
  const [x, y, z] = step.workgroups.map((size, i) => (i === longest ? Math.ceil(size * share) : size));
  return { ...step, workgroups: [x!, y!, z!] };
}

/** `steps` of each copy: one repetition after the other takes the next. */
type RunBatch = (count: number, steps: readonly (readonly Step[])[]) => Promise<BatchTime>;

/** Query set and staging for one case; `written` is a buffer the work writes, whose first word ends the span. */
function openTiming(device: GPUDevice, label: string, written: GPUBuffer, resources: { destroy(): void }[]): RunBatch {
  const buffer = (name: string, size: number, usage: number): GPUBuffer => {
    const made = device.createBuffer({ label: `${label} ${name}`, size, usage });
    resources.push(made);
    return made;
  };
  const querySet = device.features.has('timestamp-query')
    ? device.createQuerySet({ label, type: 'timestamp', count: 2 })
    : null;
  if (querySet) resources.push(querySet);
  const resolved = buffer('timestamps', TIMESTAMP_BYTES, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  const staging = buffer('staging', TIMESTAMP_BYTES + 4, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  let previous: readonly [bigint, bigint] = [0n, 0n];
  let done = 0;
  return async (count, steps) => {
    const encoder = device.createCommandEncoder({ label });
    const timestampWrites = querySet ? { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } : undefined;
    encodeSteps(encoder.beginComputePass({ label, timestampWrites }), count, steps, done);
    done += count;
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
    const [begin = 0n, end = 0n] = new BigUint64Array(staging.getMappedRange(0, TIMESTAMP_BYTES));
    staging.unmap();
    if (!querySet) return { wallNs, gpuNs: null };
    // A rejected submit leaves the last batch's stamps in place: they would make this one look as fast as that was short.
    const stale = begin !== 0n && begin === previous[0] && end === previous[1];
    previous = [begin, end];
    return { wallNs, gpuNs: stale ? 0 : Number(end - begin) };
  };
}

/** Goes on through the copies where the last batch, after `done` repetitions, left off. */
function encodeSteps(
  pass: GPUComputePassEncoder,
  count: number,
  steps: readonly (readonly Step[])[],
  done: number,
): void {
  for (let i = 0; i < count; i++) {
    for (const { pipeline, bindGroup, workgroups } of steps[(done + i) % steps.length]!) {
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
    }
  }
  pass.end();
}

async function compareOutputs(
  device: GPUDevice,
  checks: readonly OutputCheck[],
  inputs: Readonly<Record<string, HostArray>>,
  buffers: ReadonlyMap<string, GPUBuffer>,
  seconds: number,
): Promise<VerificationOutcome> {
  const outputs = [];
  for (const check of checks) {
    const indices = chooseIndices(check, seconds / checks.length);
    outputs.push({
      indices,
      values: await readElements(device, buffers.get(check.buffer)!, indices, check.format ?? 'f32'),
    });
  }
  return verifyOutputs(checks, inputs, outputs);
}

/** Fills with a value out of reach, so that an element the kernel never writes cannot pass. */
function poison(device: GPUDevice, buffer: GPUBuffer): void {
  for (let offset = 0; offset < buffer.size; offset += POISON.byteLength) {
    device.queue.writeBuffer(buffer, offset, POISON, 0, Math.min(POISON.byteLength, buffer.size - offset) / 4);
  }
}

interface ElementReader {
  readonly bytes: number;
  view(data: ArrayBuffer): ArrayLike<number>;
  number?(element: number): number;
}

const READERS: Readonly<Record<ElementFormat, ElementReader>> = {
  f32: { bytes: 4, view: (data) => new Float32Array(data) },
  f16: { bytes: 2, view: (data) => new Uint16Array(data), number: numberFromHalf },
  u32: { bytes: 4, view: (data) => new Uint32Array(data) },
  i32: { bytes: 4, view: (data) => new Int32Array(data) },
};

/** Reads the elements at ascending `indices`, a bounded chunk at a time. */
async function readElements(
  device: GPUDevice,
  buffer: GPUBuffer,
  indices: Uint32Array,
  format: ElementFormat,
): Promise<Float64Array> {
  const values = new Float64Array(indices.length);
  const { bytes, view, number = (element) => element } = READERS[format];
  const staging = device.createBuffer({
    label: 'read-back',
    size: Math.min(READBACK_CHUNK, buffer.size),
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    let next = 0;
    for (let offset = 0; offset < buffer.size && next < indices.length; offset += staging.size) {
      const size = Math.min(staging.size, buffer.size - offset);
      if (indices[next]! * bytes >= offset + size) continue;
      const encoder = device.createCommandEncoder({ label: 'read-back' });
      encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ, 0, size);
      const chunk = view(staging.getMappedRange(0, size));
      for (; next < indices.length && indices[next]! * bytes < offset + size; next++) {
        values[next] = number(chunk[indices[next]! - offset / bytes]!);
      }
      staging.unmap();
    }
  } finally {
    staging.destroy();
  }
  return values;
}
