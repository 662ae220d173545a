// The operations of the peers run by TensorFlow.js on its WebGPU backend. The only file that knows it, a development
// dependency: this chunk loads on demand. End point: the backend's pending pass ended and submitted, then its queue drained.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { runtimeVersions } from '../../core/build-info.ts';
import { causalMask, type PeerProblem } from '../../onnx/peer-problem.ts';
import { type Form, PEER_TOLERANCE } from './contender.ts';

interface Work {
  readonly name: string;
  readonly inputs: readonly tf.Tensor[];
  readonly run: () => tf.Tensor;
}

export function tfjsForms(problem: PeerProblem): Form[] {
  return [{ name: 'ops', tolerance: PEER_TOLERANCE, open: () => openTfjs(problem) }];
}

async function openTfjs(problem: PeerProblem): ReturnType<Form['open']> {
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js cannot start its webgpu backend here');
  const backend = tf.backend();
  if (!(backend instanceof WebGPUBackend)) throw new Error(`TensorFlow.js computes on '${tf.getBackend()}'`);
  const { name, inputs, run } = workOf(problem);
  const { device } = backend;
  return {
    facts: { version: runtimeVersions['@tensorflow/tfjs-backend-webgpu'] ?? 'unknown', form: name },
    once: async () => {
      const result = tf.tidy(run);
      // Up to 15 dispatches wait in an open pass until something flushes them; none of ours has so many.
      backend.endComputePassEncoder();
      backend.submitQueue();
      await device.queue.onSubmittedWorkDone();
      result.dispose();
    },
    output: async () => {
      const result = tf.tidy(run);
      const values = (await result.data()) as Float32Array;
      result.dispose();
      return values;
    },
    close: async () => tf.dispose([...inputs]),
  };
}

function workOf(problem: PeerProblem): Work {
  switch (problem.operation) {
    case 'matmul': {
      const { m, n, k, a, b } = problem;
      const [x, y] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, [k, n])];
      return { name: 'matMul', inputs: [x, y], run: () => tf.matMul(x, y) };
    }
    case 'softmax': {
      const x = tf.tensor2d(problem.x, [problem.rows, problem.width]);
      return { name: 'softmax', inputs: [x], run: () => tf.softmax(x) };
    }
    case 'rmsnorm': {
      const { rows, width, eps } = problem;
      const [x, weight, epsilon] = [tf.tensor2d(problem.x, [rows, width]), tf.tensor1d(problem.weight), tf.scalar(eps)];
      const run = (): tf.Tensor => {
        const mean = tf.mean(tf.square(x), -1, true);
        return tf.mul(tf.mul(x, tf.rsqrt(tf.add(mean, epsilon))), weight);
      };
      return { name: 'square, mean, add, rsqrt, mul, mul', inputs: [x, weight, epsilon], run };
    }
    case 'attention': {
      const { seq, heads, dim } = problem;
      const [q, k, v] = [problem.q, problem.k, problem.v].map((values) => tf.tensor3d(values, [heads, seq, dim]));
      const [mask, scale] = [tf.tensor3d(causalMask(seq), [1, seq, seq]), tf.scalar(1 / Math.sqrt(dim))];
      const run = (): tf.Tensor => {
        const scores = tf.add(tf.mul(tf.matMul(q!, k!, false, true), scale), mask);
        return tf.matMul(tf.softmax(scores), v!);
      };
      return { name: 'matMul, mul, add, softmax, matMul', inputs: [q!, k!, v!, mask, scale], run };
    }
  }
}
