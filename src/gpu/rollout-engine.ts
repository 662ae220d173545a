// The fleet's Monte Carlo on a GPU: uploads one run's tables, dispatches scenarios in pieces short enough not to hold the
// device, and reads their states and rates back. Knows no scenario file and no fleet.
import { COUNT, FIRST, packRollout } from '../../kernels/rollout/layout.ts';
import { rolloutShader, WORKGROUP } from '../../kernels/rollout/shader.ts';
import { RATES, type RolloutEngine, type RolloutInputs, type RolloutOutputs, STATES } from '../core/rollout.ts';
import { pipelineFor } from './pipelines.ts';
import { withErrorScopes } from './scopes.ts';

/** Scenarios of the first piece; later ones are as long as TARGET_MS allows. */
const FIRST_PIECE = 256;
/** A dispatch beyond a second risks the device's watchdog and blocks everything else on it. */
const TARGET_MS = 300;
/** Bytes of states a piece may write, and read back, at a time. */
const MOST_BYTES = 64 * 2 ** 20;

export interface GpuRollout extends RolloutEngine {
  /** Longest dispatch so far, ms of wall time, read-back included. */
  readonly longestMs: () => number;
}

export function createGpuRollout(device: GPUDevice, name: string): GpuRollout {
  let longestMs = 0;
  return {
    name,
    longestMs: () => longestMs,
    run: (inputs, first, count) =>
      withErrorScopes(device, 'rollout', async () => {
        const piece = await openPieces(device, inputs);
        try {
          const states = new Float32Array(count * piece.statesEach);
          const rates = new Float32Array(count * piece.ratesEach);
          let [done, size] = [0, FIRST_PIECE];
          while (done < count) {
            const n = Math.min(size, count - done, piece.most);
            const began = performance.now();
            const outputs = await piece.draw(first + done, n);
            const elapsed = performance.now() - began;
            longestMs = Math.max(longestMs, elapsed);
            states.set(outputs.states, done * piece.statesEach);
            rates.set(outputs.rates, done * piece.ratesEach);
            done += n;
            // At most four times as many as before: a first piece can look fast on a device that was asleep.
            size = Math.max(WORKGROUP, Math.floor(n * Math.min(4, TARGET_MS / elapsed)));
          }
          return { states, rates };
        } finally {
          piece.close();
        }
      }),
  };
}

interface Pieces {
  /** Scenarios of the largest piece. */
  readonly most: number;
  readonly statesEach: number;
  readonly ratesEach: number;
  draw(first: number, count: number): Promise<RolloutOutputs>;
  close(): void;
}

async function openPieces(device: GPUDevice, inputs: RolloutInputs): Promise<Pieces> {
  const packed = packRollout(inputs);
  const statesEach = packed.quarters * STATES.length;
  const ratesEach = packed.quarters * RATES.length;
  const { maxComputeWorkgroupsPerDimension, maxStorageBufferBindingSize } = device.limits;
  const bytes = Math.min(MOST_BYTES, maxStorageBufferBindingSize);
  const most = Math.min(Math.floor(bytes / 4 / statesEach), WORKGROUP * maxComputeWorkgroupsPerDimension);
  // Compiled before anything is timed.
  const pipeline = await pipelineFor(device, rolloutShader(packed, maxComputeWorkgroupsPerDimension));
  const buffers: GPUBuffer[] = [];
  const create = (label: string, size: number, usage: number): GPUBuffer => {
    const buffer = device.createBuffer({ label: `rollout ${label}`, size, usage });
    buffers.push(buffer);
    return buffer;
  };
  const upload = (label: string, data: Uint32Array | Float32Array): GPUBuffer => {
    const buffer = create(label, data.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
    device.queue.writeBuffer(buffer, 0, data as GPUAllowSharedBufferSource);
    return buffer;
  };
  const ints = upload('ints', packed.ints);
  const inputBuffers = [ints, upload('floats', packed.floats), upload('columns', packed.columns)];
  const written = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  let [states, rates, staging, room] = [null, null, null, 0] as [
    GPUBuffer | null,
    GPUBuffer | null,
    GPUBuffer | null,
    number,
  ];

  const draw = async (first: number, count: number): Promise<RolloutOutputs> => {
    if (count > room || !states || !rates || !staging) {
      for (const buffer of [states, rates, staging]) buffer?.destroy();
      states = create('states', 4 * count * statesEach, written);
      rates = create('rates', 4 * count * ratesEach, written);
      staging = create('read-back', states.size + rates.size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
      room = count;
    }
    device.queue.writeBuffer(ints, 4 * FIRST, Uint32Array.of(first));
    device.queue.writeBuffer(ints, 4 * COUNT, Uint32Array.of(count));
    const entries = [...inputBuffers, states, rates].map((buffer, binding) => ({ binding, resource: { buffer } }));
    const bindGroup = device.createBindGroup({ label: 'rollout', layout: pipeline.getBindGroupLayout(0), entries });
    const encoder = device.createCommandEncoder({ label: 'rollout' });
    const pass = encoder.beginComputePass({ label: 'rollout' });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(Math.ceil(count / WORKGROUP));
    pass.end();
    const [stateBytes, rateBytes] = [4 * count * statesEach, 4 * count * ratesEach];
    encoder.copyBufferToBuffer(states, 0, staging, 0, stateBytes);
    encoder.copyBufferToBuffer(rates, 0, staging, stateBytes, rateBytes);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const mapped = staging.getMappedRange().slice(0, stateBytes + rateBytes);
    staging.unmap();
    return {
      states: new Float32Array(mapped, 0, count * statesEach),
      rates: new Float32Array(mapped, stateBytes, count * ratesEach),
    };
  };
  const close = (): void => {
    for (const buffer of buffers) buffer.destroy();
  };
  return { most, statesEach, ratesEach, draw, close };
}
