// How long one operation of a decode step takes. A word of both the engine that times it and the bench that records it.

export interface OperationTime {
  /** Of the operation in every layer: `qkv`, `attend`, `down`. */
  readonly name: string;
  /** Of all its dispatches in one decode step. */
  readonly ns: number;
  readonly dispatches: number;
  /** Whether the GPU's own clock was read, or the host's around a submit. */
  readonly clock: 'gpu' | 'wall';
}
