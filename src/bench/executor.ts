// The seam between the measuring loop and the thing measured. Nothing on this side knows what a GPU is.

/** Times of one batch of repetitions, ns. `gpuNs` is null where there are no timestamps; it may be ≤ 0 when the counter misbehaved. */
export interface BatchTime {
  readonly wallNs: number;
  readonly gpuNs: number | null;
}

export interface Executor {
  /** Runs `count` repetitions back to back and resolves when the last one's result is readable. */
  runBatch(count: number): Promise<BatchTime>;
}
