// The fleet's Monte Carlo on a GPU: uploads one run's tables, dispatches scenarios in pieces short enough not to hold the
// device, and reads their states and rates back. Knows no scenario file and no fleet.
import { COUNT, FIRST, packRollout } from '../../kernels/rollout/layout.ts';
import { rolloutShader, WORKGROUP } from '../../kernels/rollout/shader.ts';
import {
  FACTORS,
  RATES,
  type RolloutEngine,
  type RolloutInputs,
  type RolloutOutputs,
  STATES,
} from '../core/rollout.ts';
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
          const factors = new Int32Array(count * FACTORS.length);
          const states = new Float32Array(count * piece.statesEach);
          const rates = new Float32Array(count * piece.ratesEach);
          let [done, size] = [0, FIRST_PIECE];
          while (done < count) {
            const n = Math.min(size, count - done, piece.most);
            const began = performance.now();
            const outputs = await piece.draw(first + done, n);
            const elapsed = performance.now() - began;
            longestMs = Math.max(longestMs, elapsed);
            factors.set(outputs.factors, done * FACTORS.length);
            states.set(outputs.states, done * piece.statesEach);
            rates.set(outputs.rates, done * piece.ratesEach);
            done += n;
            // At most four times as many as before: a first piece can look fast on a device that was asleep.
            size = Math.max(WORKGROUP, Math.floor(n * Math.min(4, TARGET_MS / elapsed)));
          }
          return { factors, states, rates };
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
  const room = new Outputs(device, { states: statesEach, rates: ratesEach, factors: FACTORS.length });

  const draw = async (first: number, count: number): Promise<RolloutOutputs> => {
    const outputs = room.atLeast(count);
    device.queue.writeBuffer(ints, 4 * FIRST, Uint32Array.of(first));
    device.queue.writeBuffer(ints, 4 * COUNT, Uint32Array.of(count));
    const bound = [...inputBuffers, ...outputs.written];
    const bindGroup = device.createBindGroup({
      label: 'rollout',
      layout: pipeline.getBindGroupLayout(0),
      entries: bound.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
    const encoder = device.createCommandEncoder({ label: 'rollout' });
    const pass = encoder.beginComputePass({ label: 'rollout' });
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(Math.ceil(count / WORKGROUP));
    pass.end();
    return room.read(encoder, count);
  };
  const close = (): void => {
    room.close();
    for (const buffer of buffers) buffer.destroy();
  };
  return { most, statesEach, ratesEach, draw, close };
}

interface Words {
  readonly states: number;
  readonly rates: number;
  readonly factors: number;
}

/** The buffers a piece writes, in binding order, and the one they are read back through; grown when a piece is longer. */
class Outputs {
  readonly #device: GPUDevice;
  /** 4-byte words a scenario. */
  readonly #each: Words;
  #count = 0;
  #written: readonly GPUBuffer[] = [];
  #staging: GPUBuffer | null = null;

  constructor(device: GPUDevice, each: Words) {
    this.#device = device;
    this.#each = each;
  }

  atLeast(count: number): { readonly written: readonly GPUBuffer[] } {
    if (count > this.#count) {
      this.close();
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
      this.#written = this.#sizes(count).map((size) =>
        this.#device.createBuffer({ label: 'rollout output', size, usage }),
      );
      this.#staging = this.#device.createBuffer({
        label: 'rollout read-back',
        size: this.#sizes(count).reduce((a, b) => a + b, 0),
        usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
      });
      this.#count = count;
    }
    return { written: this.#written };
  }

  /** Submits the encoder's work and what reads it back. */
  async read(encoder: GPUCommandEncoder, count: number): Promise<RolloutOutputs> {
    const staging = this.#staging!;
    const sizes = this.#sizes(count);
    const at = [0, sizes[0]!, sizes[0]! + sizes[1]!];
    for (const [i, buffer] of this.#written.entries())
      encoder.copyBufferToBuffer(buffer, 0, staging, at[i]!, sizes[i]!);
    this.#device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const copy = staging.getMappedRange().slice(0);
    staging.unmap();
    return {
      states: new Float32Array(copy, at[0], sizes[0]! / 4),
      rates: new Float32Array(copy, at[1], sizes[1]! / 4),
      factors: new Int32Array(copy, at[2], sizes[2]! / 4),
    };
  }

  close(): void {
    for (const buffer of this.#written) buffer.destroy();
    this.#staging?.destroy();
  }

  #sizes(count: number): readonly number[] {
    const { states, rates, factors } = this.#each;
    return [4 * count * states, 4 * count * rates, 4 * count * factors];
  }
}
