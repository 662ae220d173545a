// How long each operation of a decode step takes on the GPU: all layers' dispatches of one operation, again and again in one
// pass, between two timestamps. A diagnosis, not a score: operations alone overlap less, and caches see no other's data.
import type { OperationTime } from '../core/operation-time.ts';
import { encodeSteps, type Step, type StepShape } from './step.ts';

/** Long enough for a clock of 100 µs steps to be right within a hundredth. */
const ENOUGH_NS = 10e6;
const MOST_REPEATS = 200;

/** Runs the steps of each operation apart. The residual stream and the cache's next position are left as they come. */
export async function timeOperations(
  device: GPUDevice,
  steps: readonly Step[],
  shape: StepShape,
): Promise<OperationTime[]> {
  const operations = new Map<string, Step[]>();
  for (const step of steps) {
    if (step.workgroups(shape)[0] === 0) continue;
    const name = step.name.replace(/^layer \d+ /, '');
    operations.set(name, [...(operations.get(name) ?? []), step]);
  }
  const clock = openClock(device);
  try {
    const times: OperationTime[] = [];
    for (const [name, group] of operations) {
      const once = await clock.time(group, shape, 1);
      const repeats = Math.max(1, Math.min(MOST_REPEATS, Math.ceil(ENOUGH_NS / Math.max(once, 1))));
      const ns = (await clock.time(group, shape, repeats)) / repeats;
      times.push({ name, ns, dispatches: group.length, clock: clock.kind });
    }
    return times;
  } finally {
    clock.close();
  }
}

interface Clock {
  readonly kind: OperationTime['clock'];
  /** Nanoseconds of `repeats` rounds of the steps in one pass. */
  time(steps: readonly Step[], shape: StepShape, repeats: number): Promise<number>;
  close(): void;
}

function openClock(device: GPUDevice): Clock {
  const label = 'operation times';
  const querySet = device.features.has('timestamp-query')
    ? device.createQuerySet({ label, type: 'timestamp', count: 2 })
    : null;
  const resolved = device.createBuffer({
    label,
    size: 16,
    usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
  });
  const staging = device.createBuffer({ label, size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  return {
    kind: querySet ? 'gpu' : 'wall',
    time: async (steps, shape, repeats) => {
      const encoder = device.createCommandEncoder({ label });
      const timestampWrites = querySet ? { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 } : undefined;
      const pass = encoder.beginComputePass({ label, timestampWrites });
      for (let i = 0; i < repeats; i++) encodeSteps(pass, steps, shape);
      pass.end();
      if (querySet) {
        encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
        encoder.copyBufferToBuffer(resolved, 0, staging, 0, 16);
      }
      const began = performance.now();
      device.queue.submit([encoder.finish()]);
      await staging.mapAsync(GPUMapMode.READ);
      const wall = (performance.now() - began) * 1e6;
      const [begin = 0n, end = 0n] = new BigUint64Array(staging.getMappedRange());
      staging.unmap();
      return querySet ? Number(end - begin) : wall;
    },
    close: () => {
      querySet?.destroy();
      resolved.destroy();
      staging.destroy();
    },
  };
}
