// One operation on onnxruntime-web's webgpu provider, inputs and result resident on the GPU: its side of the peers run.
import { writeModel } from '../../models/onnx/writer.ts';
import type { PeerGraph } from './peer-graphs.ts';
import { loadRuntime, type Tensor } from './runtime.ts';

export interface PeerSession {
  readonly facts: Readonly<Record<string, string>>;
  /** Resolves when the result is on the GPU and the queue is drained. */
  once(): Promise<void>;
  /** The result of one more run, read back, in our layout. */
  output(): Promise<Float32Array>;
  close(): Promise<void>;
}

const RESULT = 'y_output_0';

/** A node placed on the CPU is an error, not a slow number. */
export async function openPeerSession({ graph, inputs, toOurs, name }: PeerGraph): Promise<PeerSession> {
  const ort = await loadRuntime('ort-webgpu');
  const session = await ort.InferenceSession.create((await writeModel(graph)).model, {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
    // A refusal is an answer here, not an error for the console.
    logSeverityLevel: 4,
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  const device = await ort.env.webgpu.device;
  const buffers: GPUBuffer[] = [];
  const upload = (values: Float32Array | Int32Array): GPUBuffer => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    // The provider binds whole multiples of 16 bytes.
    const buffer = device.createBuffer({ label: 'peer input', size: Math.ceil(values.byteLength / 16) * 16, usage });
    buffers.push(buffer);
    device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const tensors = Object.entries(inputs).map(([input, { dims, values, onCpu }]): [string, Tensor] => {
    const dataType = values instanceof Float32Array ? 'float32' : 'int32';
    if (onCpu) return [input, new ort.Tensor(dataType, values, dims)];
    return [input, ort.Tensor.fromGpuBuffer(upload(values), { dataType, dims })];
  });
  const feeds = Object.fromEntries(tensors);
  return {
    facts: { version: ort.env.versions.web ?? ort.env.versions.common, form: name },
    once: async () => {
      const outputs = await session.run(feeds);
      await device.queue.onSubmittedWorkDone();
      for (const tensor of Object.values(outputs)) tensor.dispose();
    },
    output: async () => {
      const outputs = await session.run(feeds);
      const values = (await outputs[RESULT]!.getData(true)) as Float32Array;
      for (const [output, tensor] of Object.entries(outputs)) if (output !== RESULT) tensor.dispose();
      return toOurs ? toOurs(values) : values;
    },
    close: async () => {
      await session.release();
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
