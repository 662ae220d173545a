// What a library owes the peers run: one operation on resident inputs, and its output for the check. Knows no library.

export interface MatmulProblem {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** m×k and k×n, row by row. */
  readonly a: Float32Array;
  readonly b: Float32Array;
}

export interface Contender {
  /** Version of the library, for the row's facts. */
  readonly version: string;
  /** One operation: resolves when the result is on the GPU and the queue is drained. */
  once(): Promise<void>;
  /** The m×n result of one more operation, read back. */
  output(): Promise<Float32Array>;
  close(): Promise<void>;
}
