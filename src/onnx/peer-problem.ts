// The operations of the peers run with their inputs in host memory, in the layouts of our own kernels; every library
// brings them into its own outside the timed span. Knows no library.

export interface MatmulProblem {
  readonly operation: 'matmul';
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** m×k and k×n, row by row. */
  readonly a: Float32Array;
  readonly b: Float32Array;
}

/** softmax(q·kᵀ/√dim)·v per head, causal. */
export interface AttentionProblem {
  readonly operation: 'attention';
  readonly seq: number;
  readonly heads: number;
  readonly dim: number;
  /** [head][position][dim], as is the result. */
  readonly q: Float32Array;
  readonly k: Float32Array;
  readonly v: Float32Array;
}

export interface SoftmaxProblem {
  readonly operation: 'softmax';
  readonly rows: number;
  readonly width: number;
  readonly x: Float32Array;
}

export interface RmsnormProblem {
  readonly operation: 'rmsnorm';
  readonly rows: number;
  readonly width: number;
  readonly eps: number;
  readonly x: Float32Array;
  readonly weight: Float32Array;
}

export type PeerProblem = MatmulProblem | AttentionProblem | SoftmaxProblem | RmsnormProblem;

/** Values of [a][b][inner] as [b][a][inner]. */
export function swapOuter(values: Float32Array, a: number, b: number, inner: number): Float32Array<ArrayBuffer> {
  const swapped = new Float32Array(values.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      const from = (i * b + j) * inner;
      swapped.set(values.subarray(from, from + inner), (j * a + i) * inner);
    }
  }
  return swapped;
}

/** What a causal mask adds to the scores of [query][key]: 0 where the query sees the key, else the lowest finite f32. */
export function causalMask(seq: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: seq * seq }, (_, i) =>
    i % seq <= Math.floor(i / seq) ? 0 : -3.4028234663852886e38,
  );
}
