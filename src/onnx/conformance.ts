// Runs one ONNX test case (model, inputs, expected outputs) on one provider and says how it compares.
// Knows no file system: the case comes as bytes.

export type ExecutionProvider = 'webgpu' | 'wasm';

/** One ONNX test case: model bytes, input and expected TensorProtos; without inputs, `arange(n)/n` in the input's shape. */
export interface ConformanceCase {
  readonly name: string;
  readonly model: ArrayBuffer;
  readonly inputs: readonly ArrayBuffer[] | null;
  readonly outputs: readonly ArrayBuffer[];
}

export interface ConformanceResult {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it failed or was skipped, or what was compared. */
  readonly detail: string;
}

export async function runConformance(
  testCase: ConformanceCase,
  provider: ExecutionProvider,
): Promise<ConformanceResult> {
  throw new Error(`conformance is being built: ${testCase.name} on ${provider}`);
}
