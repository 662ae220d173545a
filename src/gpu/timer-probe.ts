// Measures the clocks at start: step of GPU timestamps and of wall time, the cost of learning that work is done,
// and whether GPU and wall time agree on known work. Decides which of the two times kernels.
import { type CrossCheck, crossCheck, distinctGaps, type Ladder, quantumOf, wallClockStepNs } from '../bench/clock.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import { pipelineFor } from './pipelines.ts';
import spinSource from './spin.wgsl?raw';

export interface TimerReport {
  readonly kind: 'timestamp' | 'wall-slope';
  readonly quantumNs: number | null;
  readonly clockStepNs: number;
  readonly completionNs: number;
  readonly gpuOverWall: number | null;
  readonly reason: string;
}

const INVOCATIONS = 64 * 64;
const STEPS = 64;
/** Passes of uneven length, so that their ends fall on different multiples of the step. */
const UNEVEN = Array.from({ length: 64 }, (_, i) => 1 + ((i * i) % 11));
/** Gaps of different length that make their common divisor trustworthy. */
const ENOUGH_GAPS = 12;
const WAITS = 20;
const LADDER_RUNS = 5;
/** Wall time the shorter rung of the ladder should take. */
const RUNG_NS = 15e6;
/** Other load on the machine can spoil a ladder; clocks that disagree do so every time. */
const LADDER_TRIES = 3;

export async function probeTimer(device: GPUDevice): Promise<TimerReport> {
  const clockStepNs = wallClockStepNs(() => performance.now());
  const spin = await openSpin(device);
  try {
    const completionNs = median(sortSamples(await emptyWaits(spin)));
    const base = { clockStepNs, completionNs };
    if (!device.features.has('timestamp-query')) {
      const reason = 'the adapter offers no timestamp-query';
      return { ...base, kind: 'wall-slope', quantumNs: null, gpuOverWall: null, reason };
    }
    const quantumNs = quantumOf(await collectStamps(spin));
    const { gpuOverWall, fault } = await agree(spin);
    if (quantumNs === null) {
      return { ...base, kind: 'wall-slope', quantumNs, gpuOverWall, reason: 'GPU timestamps never change' };
    }
    if (fault) return { ...base, kind: 'wall-slope', quantumNs, gpuOverWall, reason: `timestamps rejected: ${fault}` };
    return {
      ...base,
      kind: 'timestamp',
      quantumNs,
      gpuOverWall,
      reason: 'timestamps agree with wall time on known work',
    };
  } finally {
    spin.close();
  }
}

interface Spin {
  run(count: number): Promise<Ladder>;
  /** Begin and end stamps, ns, of passes of different length, about `scale` dispatches each. */
  stamps(scale: number): Promise<number[]>;
  close(): void;
}

async function openSpin(device: GPUDevice): Promise<Spin> {
  const pipeline = await pipelineFor(device, { label: 'timer-probe/spin', source: spinSource, constants: { STEPS } });
  const buffer = (label: string, size: number, usage: number): GPUBuffer => device.createBuffer({ label, size, usage });
  const state = buffer('spin state', INVOCATIONS * 4, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
  const stampBytes = UNEVEN.length * 16;
  const hasStamps = device.features.has('timestamp-query');
  const querySet = hasStamps
    ? device.createQuerySet({ label: 'spin', type: 'timestamp', count: UNEVEN.length * 2 })
    : null;
  const resolved = buffer('spin stamps', stampBytes, GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC);
  const staging = buffer('spin staging', stampBytes + 4, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  const bindGroup = device.createBindGroup({
    label: 'spin',
    layout: pipeline.getBindGroupLayout(0),
    entries: [{ binding: 0, resource: { buffer: state } }],
  });
  /** One submit of passes with these numbers of dispatches; resolves with their stamps and the wall time. */
  const submit = async (counts: readonly number[]): Promise<{ stamps: number[]; wallNs: number }> => {
    const passes = counts.length;
    const encoder = device.createCommandEncoder({ label: 'spin' });
    counts.forEach((count, i) => {
      const writes = { beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 };
      const pass = encoder.beginComputePass({ timestampWrites: querySet ? { querySet, ...writes } : undefined });
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      for (let j = 0; j < count; j++) pass.dispatchWorkgroups(INVOCATIONS / 64);
      pass.end();
    });
    if (querySet && passes > 0) {
      encoder.resolveQuerySet(querySet, 0, passes * 2, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, passes * 16);
    }
    encoder.copyBufferToBuffer(state, 0, staging, stampBytes, 4);
    const commands = encoder.finish();
    const began = performance.now();
    device.queue.submit([commands]);
    await staging.mapAsync(GPUMapMode.READ);
    const wallNs = (performance.now() - began) * 1e6;
    const raw = new BigInt64Array(staging.getMappedRange(0, stampBytes)).slice(0, passes * 2);
    staging.unmap();
    // Differences from the first stamp are small enough to be exact as numbers; absolute stamps may not be.
    return { stamps: Array.from(raw, (stamp) => Number(stamp - raw[0]!)), wallNs };
  };
  return {
    run: async (count) => {
      const { stamps, wallNs } = await submit(count === 0 ? [] : [count]);
      return { count, wallNs, gpuNs: hasStamps && count > 0 ? stamps[1]! : 0 };
    },
    stamps: async (scale) => (await submit(UNEVEN.map((length) => length * scale))).stamps,
    close: () => {
      querySet?.destroy();
      for (const item of [state, resolved, staging]) item.destroy();
    },
  };
}

async function emptyWaits(spin: Spin): Promise<number[]> {
  await spin.run(1);
  const waits: number[] = [];
  for (let i = 0; i < WAITS; i++) waits.push((await spin.run(0)).wallNs);
  return waits;
}

/** Stamps over more and more work, until they hold enough different gaps or the work takes long enough. */
async function collectStamps(spin: Spin): Promise<number[]> {
  for (let scale = 1; ; scale *= 2) {
    const stamps = await spin.stamps(scale);
    if (distinctGaps(stamps).length >= ENOUGH_GAPS || stamps.at(-1)! > 4 * RUNG_NS || scale >= 1024) return stamps;
  }
}

async function agree(spin: Spin): Promise<CrossCheck> {
  let check = await climb(spin);
  for (let i = 1; i < LADDER_TRIES && check.fault !== null; i++) check = await climb(spin);
  return check;
}

async function climb(spin: Spin): Promise<CrossCheck> {
  let count = 1;
  while (count < 1e5 && (await spin.run(count)).wallNs < RUNG_NS) count *= 2;
  const [single, double]: [Ladder[], Ladder[]] = [[], []];
  for (let i = 0; i < LADDER_RUNS; i++) {
    single.push(await spin.run(count));
    double.push(await spin.run(2 * count));
  }
  return crossCheck(single, double);
}
