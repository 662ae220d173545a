// Turns WebGPU's out-of-band errors into exceptions around one piece of work.

const FILTERS: readonly GPUErrorFilter[] = ['validation', 'out-of-memory', 'internal'];

/** The device has no room for a buffer: a limit of the machine, not a fault of the case. */
export class OutOfMemory extends Error {}

/** Runs `work` inside all three error scopes; the first captured error is thrown with `label`. Throws OutOfMemory apart. */
export async function withErrorScopes<T>(device: GPUDevice, label: string, work: () => Promise<T>): Promise<T> {
  for (const filter of FILTERS) device.pushErrorScope(filter);
  let captured: (GPUError | null)[] = [];
  let result: T;
  try {
    result = await work();
  } finally {
    captured = await Promise.all(FILTERS.map(() => device.popErrorScope()));
  }
  const error = captured.find((item) => item !== null);
  if (error instanceof GPUOutOfMemoryError) throw new OutOfMemory(error.message.split('\n', 1)[0]);
  if (error) throw new Error(`${label}: ${error.constructor.name}: ${error.message}`);
  return result;
}
