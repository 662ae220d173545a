// One MatMul on onnxruntime-web's webgpu provider, inputs and result resident on the GPU: its side of the peers run.
import { GraphBuilder } from '../../models/onnx/graph-builder.ts';
import { writeModel } from '../../models/onnx/writer.ts';
import { loadRuntime } from './runtime.ts';

/** Newest operator set in which MatMul means the same everywhere. */
const OPSET = 13;

export interface MatmulProblem {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** m×k and k×n, row by row. */
  readonly a: Float32Array;
  readonly b: Float32Array;
}

export interface MatmulSession {
  readonly facts: { readonly version: string };
  /** Resolves when the m×n result is on the GPU and the queue is drained. */
  once(): Promise<void>;
  /** The result of one more run, read back. */
  output(): Promise<Float32Array>;
  close(): Promise<void>;
}

/** A node placed on the CPU is an error, not a slow number. */
export async function openMatmulSession({ m, n, k, a, b }: MatmulProblem): Promise<MatmulSession> {
  const ort = await loadRuntime('ort-webgpu');
  const graph = new GraphBuilder('matmul', OPSET);
  graph.input('a', 'float32', [m, k]);
  graph.input('b', 'float32', [k, n]);
  graph.rename(graph.node('matmul', 'MatMul', ['a', 'b']), 'c');
  graph.output('c', 'float32', [m, n]);
  const session = await ort.InferenceSession.create((await writeModel(graph.finish())).model, {
    executionProviders: ['webgpu'],
    preferredOutputLocation: 'gpu-buffer',
    extra: { session: { disable_cpu_ep_fallback: '1' } },
  });
  const device = await ort.env.webgpu.device;
  const upload = (values: Float32Array): GPUBuffer => {
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const buffer = device.createBuffer({ label: 'peer input', size: values.byteLength, usage });
    device.queue.writeBuffer(buffer, 0, values as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const buffers = [upload(a), upload(b)] as const;
  const feeds = {
    a: ort.Tensor.fromGpuBuffer(buffers[0], { dataType: 'float32', dims: [m, k] }),
    b: ort.Tensor.fromGpuBuffer(buffers[1], { dataType: 'float32', dims: [k, n] }),
  };
  return {
    facts: { version: ort.env.versions.web ?? ort.env.versions.common },
    once: async () => {
      const { c } = await session.run(feeds);
      await device.queue.onSubmittedWorkDone();
      c!.dispose();
    },
    output: async () => {
      const { c } = await session.run(feeds);
      return (await c!.getData(true)) as Float32Array;
    },
    close: async () => {
      await session.release();
      for (const buffer of buffers) buffer.destroy();
    },
  };
}
