// Every GPU buffer of one decoder, counted: what the engine says it holds is the sum of what it made.

const PIECE = 64 * 2 ** 20;
/** Bytes handed to the queue before it is waited for: it keeps its own copy of each until then. */
const AHEAD = 256 * 2 ** 20;

export class Memory {
  readonly device: GPUDevice;
  private readonly label: string;
  private readonly buffers: GPUBuffer[] = [];
  private written = 0;

  constructor(device: GPUDevice, label: string) {
    this.device = device;
    this.label = label;
  }

  /** Sum of the sizes of all buffers that are not destroyed. */
  get bytesHeld(): number {
    return this.buffers.reduce((sum, buffer) => sum + buffer.size, 0);
  }

  /** A zeroed storage buffer that can be written and read back. `bytes` is rounded up to whole words, at least 16. */
  storage(name: string, bytes: number): GPUBuffer {
    return this.make(name, bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);
  }

  /** A buffer to map for reading. */
  staging(name: string, bytes: number): GPUBuffer {
    return this.make(name, bytes, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }

  /** A storage buffer with these contents. */
  filled(name: string, data: Float32Array<ArrayBuffer>): GPUBuffer {
    const buffer = this.storage(name, data.byteLength);
    this.device.queue.writeBuffer(buffer, 0, data);
    return buffer;
  }

  /** Writes in pieces and waits for the queue now and then, so that it holds a bounded copy of what is on its way. */
  async upload(buffer: GPUBuffer, offset: number, data: ArrayBufferView<ArrayBuffer>): Promise<void> {
    for (let at = 0; at < data.byteLength; at += PIECE) {
      const size = Math.min(PIECE, data.byteLength - at);
      this.device.queue.writeBuffer(buffer, offset + at, data.buffer, data.byteOffset + at, size);
      this.written += size;
      if (this.written < AHEAD) continue;
      this.written = 0;
      await this.device.queue.onSubmittedWorkDone();
    }
  }

  /** Destroys every buffer. */
  release(): void {
    for (const buffer of this.buffers.splice(0)) buffer.destroy();
  }

  private make(name: string, bytes: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const size = Math.max(16, 4 * Math.ceil(bytes / 4));
    const buffer = this.device.createBuffer({ label: `${this.label} ${name}`, size, usage });
    this.buffers.push(buffer);
    return buffer;
  }
}
