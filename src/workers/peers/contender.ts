// What a library owes the peers run: one operation on resident inputs, and its output for the check. Knows no library.

export interface Contender {
  /** Version of the library and what it chose, for the row. */
  readonly facts: Readonly<Record<string, string>>;
  /** One operation: resolves when the result is on the GPU and the queue is drained. */
  once(): Promise<void>;
  /** The m×n result of one more operation, read back. */
  output(): Promise<Float32Array>;
  close(): Promise<void>;
}
