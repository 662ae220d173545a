// The operations of the peers run by jax-js. The only file that knows @jax-js/jax, which is a development dependency: this
// chunk loads on demand. End point: its own blockUntilReady, which maps an empty buffer behind the work and reads no byte.
import { blockUntilReady, defaultDevice, init, type Array as Jax, jit, nn, numpy as np } from '@jax-js/jax';
import { runtimeVersions } from '../../core/build-info.ts';
import { type PeerProblem, swapOuter } from '../../onnx/peer-problem.ts';
import { type Form, PEER_TOLERANCE } from './contender.ts';

interface Work {
  readonly name: string;
  readonly inputs: readonly Jax[];
  readonly run: (...inputs: Jax[]) => Jax;
  readonly toOurs?: (values: Float32Array) => Float32Array;
}

export function jaxForms(problem: PeerProblem): Form[] {
  return [{ name: 'jit', tolerance: PEER_TOLERANCE, open: () => openJax(problem) }];
}

async function openJax(problem: PeerProblem): ReturnType<Form['open']> {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js finds no WebGPU device');
  defaultDevice('webgpu');
  const { name, inputs, run, toOurs } = workOf(problem);
  const compiled = jit(run);
  // jax-js frees an array when an operation has used it; `.ref` keeps it for the next round.
  const once = (): Promise<Jax> => blockUntilReady(compiled(...inputs.map((input) => input.ref)));
  return {
    facts: { version: runtimeVersions['@jax-js/jax'] ?? 'unknown', form: `jit of ${name}` },
    once: async () => (await once()).dispose(),
    output: async () => {
      const values = (await (await once()).data()) as Float32Array;
      return toOurs ? toOurs(values) : values;
    },
    close: async () => {
      compiled.dispose();
      for (const input of inputs) input.dispose();
    },
  };
}

function upload(values: Float32Array, shape: number[]): Jax {
  return np.array(values as Float32Array<ArrayBuffer>).reshape(shape);
}

function workOf(problem: PeerProblem): Work {
  switch (problem.operation) {
    case 'matmul': {
      const { m, n, k, a, b } = problem;
      return { name: 'matmul', inputs: [upload(a, [m, k]), upload(b, [k, n])], run: (x, y) => np.matmul(x!, y!) };
    }
    case 'softmax': {
      const { rows, width, x } = problem;
      return { name: 'softmax', inputs: [upload(x, [rows, width])], run: (values) => nn.softmax(values!, -1) };
    }
    case 'rmsnorm': {
      const { rows, width, eps, x, weight } = problem;
      const run = (values: Jax, scale: Jax): Jax => {
        const mean = np.mean(np.square(values.ref), -1, { keepdims: true });
        return values.div(np.sqrt(mean.add(eps))).mul(scale);
      };
      return { name: 'square, mean, sqrt, div, mul', inputs: [upload(x, [rows, width]), upload(weight, [width])], run };
    }
    case 'attention': {
      const { seq, heads, dim, q, k, v } = problem;
      const byPosition = (values: Float32Array): Jax => upload(swapOuter(values, heads, seq, dim), [seq, heads, dim]);
      return {
        name: 'dotProductAttention',
        inputs: [q, k, v].map(byPosition),
        run: (query, key, value) => nn.dotProductAttention(query!, key!, value!, { isCausal: true }),
        toOurs: (values) => swapOuter(values, seq, heads, dim),
      };
    }
  }
}
