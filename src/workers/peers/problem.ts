// A shape of the peers run and our plan's inputs → the operation as the libraries take it. Knows no library.
import type { HostArray } from '../../../kernels/family.ts';
import type { PeerShape } from '../../../kernels/peer-cases.ts';
import type { PeerProblem } from '../../onnx/peer-problem.ts';

/** `inputs` by the buffer names of our plan; all f32. */
export function toProblem({ operation, params }: PeerShape, inputs: Readonly<Record<string, HostArray>>): PeerProblem {
  const number = (name: string): number => Number(params[name]);
  const array = (name: string): Float32Array => inputs[name] as Float32Array;
  switch (operation) {
    case 'matmul':
      return { operation, m: number('m'), n: number('n'), k: number('k'), a: array('a'), b: array('b') };
    case 'attention': {
      const [seq, heads, dim] = [number('seq'), number('heads'), number('dim')];
      return { operation, seq, heads, dim, q: array('q'), k: array('k'), v: array('v') };
    }
    case 'softmax':
      return { operation, rows: number('rows'), width: number('width'), x: array('x') };
    case 'rmsnorm': {
      const [rows, width, eps] = [number('rows'), number('width'), number('eps')];
      return { operation, rows, width, eps, x: array('x'), weight: array('weight') };
    }
  }
}
