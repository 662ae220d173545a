// The buffers of a kernel plan: allocated and filled, weights in as many copies as no cache can hold, inputs of one content
// shared between kernels that are held against each other.
import type { BufferPlan, HostArray, KernelPlan } from '../../kernels/family.ts';
import { createRng, streamOf } from '../core/rng.ts';

/** Desktop and workstation GPUs have up to about this much last-level cache. */
export const LARGE_CACHE_BYTES = 2 ** 27;
/** What is cycled through is past this many such caches: the oldest copy is long gone when its turn comes. */
const CACHES = 4;
/** Most memory for copies, which a GPU of 4 GiB has beside everything else. */
const MOST_COPY_BYTES = 2 ** 30;
/** Each copy has its bind groups; small weights stay in a cache and their rows say so. */
const MOST_COPIES = 256;

export interface KernelSettings {
  /** Seed of the inputs; with the id it gives each case its own stream. */
  readonly seed: number;
  readonly id: string;
  /** Cycles through copies of the buffers a plan marks `rotates`. Of no use on a software adapter. */
  readonly rotate?: boolean;
  /** Where kernels that are held against each other find the inputs they share. */
  readonly pool?: InputPool;
}

export interface KernelBuffers {
  /** By name; one but for those that rotate, which have `copies`. */
  readonly buffers: ReadonlyMap<string, readonly GPUBuffer[]>;
  readonly inputs: Readonly<Record<string, HostArray>>;
  readonly copies: number;
}

interface Filled {
  readonly data: HostArray;
  readonly buffers: readonly GPUBuffer[];
}

/** Inputs by what is in them, made once. Belongs to whoever made it, who closes it when all its kernels are closed. */
export class InputPool {
  /** In place of a case's own id: what is shared must come from one stream. */
  readonly #id: string;
  readonly #filled = new Map<string, Filled>();
  /** What no kernel has been opened with yet: a device out of memory may have given buffers that are none. */
  readonly #fresh = new Map<string, readonly GPUBuffer[]>();

  constructor(id: string) {
    this.#id = id;
  }

  /** `make` tells what it allocates before it fills it. */
  take(key: string, name: string, make: (id: string, keep: (made: GPUBuffer[]) => GPUBuffer[]) => Filled): Filled {
    const keep = (made: GPUBuffer[]): GPUBuffer[] => {
      this.#fresh.set(key, made);
      return made;
    };
    const found = this.#filled.get(key) ?? make(`${this.#id} ${name}`, keep);
    this.#filled.set(key, found);
    return found;
  }

  /** Whether the kernel that took last could be opened: if not, what was made for it is made anew for the next. */
  settle(isOpened: boolean): void {
    for (const [key, buffers] of isOpened ? [] : this.#fresh) {
      for (const buffer of buffers) buffer.destroy();
      this.#filled.delete(key);
    }
    this.#fresh.clear();
  }

  close(): void {
    this.settle(false);
    for (const { buffers } of this.#filled.values()) for (const buffer of buffers) buffer.destroy();
  }
}

/** Copies of its rotating buffers that a plan is timed with: 1 where nothing rotates or all that is read is past the caches. */
export function copiesOf(plan: KernelPlan): number {
  const rotating = plan.buffers.filter(({ rotates }) => rotates);
  const read = rotating.reduce((sum, buffer) => sum + readOf(buffer), 0);
  const held = rotating.reduce((sum, { bytes }) => sum + bytes, 0);
  if (read === 0) return 1;
  const wanted = Math.ceil((CACHES * LARGE_CACHE_BYTES) / read);
  return Math.max(1, Math.min(wanted, Math.floor(MOST_COPY_BYTES / held), MOST_COPIES));
}

/** Bytes that one operation after the other goes through before it meets the first again. */
export function cycledBytes(plan: KernelPlan, copies: number): number {
  return plan.buffers.reduce((sum, buffer) => sum + readOf(buffer) * (buffer.rotates ? copies : 1), 0);
}

/** What is not read takes memory and no place in a cache. */
function readOf({ bytes, readBytes = bytes }: BufferPlan): number {
  return readBytes;
}

/** Everything made is in `resources` at once, so that a failure half-way leaks nothing; pooled inputs are the pool's. */
export function allocateBuffers(
  device: GPUDevice,
  plan: KernelPlan,
  { id, seed, rotate = false, pool }: KernelSettings,
  resources: { destroy(): void }[],
): KernelBuffers {
  const copies = rotate ? copiesOf(plan) : 1;
  const buffers = new Map<string, readonly GPUBuffer[]>();
  const inputs: Record<string, HostArray> = {};
  for (const { name, bytes, fill, rotates } of plan.buffers) {
    const count = rotates ? copies : 1;
    const create = (owner: string): GPUBuffer[] => createCopies(device, `${owner} ${name}`, bytes, count);
    const own = (made: GPUBuffer[]): GPUBuffer[] => {
      resources.push(...made);
      return made;
    };
    if (!fill) {
      buffers.set(name, own(create(id)));
      continue;
    }
    const make = (stream: string, keep: (made: GPUBuffer[]) => GPUBuffer[]): Filled => {
      const data = fill(createRng(seed, streamOf(stream)));
      return { data, buffers: upload(device, keep(create(id)), data) };
    };
    const key = `${name} ${bytes} ${count} ${fill.contents}`;
    const filled = pool && fill.contents !== undefined ? pool.take(key, name, make) : make(`${id} ${name}`, own);
    buffers.set(name, filled.buffers);
    inputs[name] = filled.data;
  }
  return { buffers, inputs, copies };
}

function createCopies(device: GPUDevice, label: string, size: number, count: number): GPUBuffer[] {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  return Array.from({ length: count }, (_, i) =>
    device.createBuffer({ label: i === 0 ? label : `${label} copy ${i}`, size, usage }),
  );
}

/** Writes the first and copies it to the others on the GPU. */
function upload(device: GPUDevice, buffers: GPUBuffer[], data: HostArray): GPUBuffer[] {
  const [first, ...others] = buffers;
  device.queue.writeBuffer(first!, 0, data as GPUAllowSharedBufferSource);
  if (others.length > 0) {
    const encoder = device.createCommandEncoder({ label: 'copies' });
    for (const other of others) encoder.copyBufferToBuffer(first!, 0, other, 0, first!.size);
    device.queue.submit([encoder.finish()]);
  }
  return buffers;
}
