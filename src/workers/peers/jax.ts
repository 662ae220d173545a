// matmul by jax-js. The only file that knows @jax-js/jax, which is a development dependency: this chunk loads on demand.
import { blockUntilReady, defaultDevice, init, jit, numpy as np } from '@jax-js/jax';
import { runtimeVersions } from '../../core/build-info.ts';
import type { MatmulProblem } from '../../onnx/matmul-session.ts';
import type { Contender } from './contender.ts';

export async function openJaxMatmul({ m, n, k, a, b }: MatmulProblem): Promise<Contender> {
  const devices = await init('webgpu');
  if (!devices.includes('webgpu')) throw new Error('jax-js finds no WebGPU device');
  defaultDevice('webgpu');
  const left = np.array(a as Float32Array<ArrayBuffer>).reshape([m, k]);
  const right = np.array(b as Float32Array<ArrayBuffer>).reshape([k, n]);
  const multiply = jit((x: np.Array, y: np.Array) => np.matmul(x, y));
  // jax-js frees an array when an operation has used it; `.ref` keeps it for the next round.
  const run = (): Promise<np.Array> => blockUntilReady(multiply(left.ref, right.ref));
  return {
    facts: { version: runtimeVersions['@jax-js/jax'] ?? 'unknown' },
    once: async () => (await run()).dispose(),
    output: async () => (await (await run()).data()) as Float32Array,
    close: async () => {
      multiply.dispose();
      left.dispose();
      right.dispose();
    },
  };
}
