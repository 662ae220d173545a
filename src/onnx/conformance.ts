// Runs one ONNX test case (model, inputs, expected outputs) on one provider and says how it compares.
// Knows no file system: the case comes as bytes.
import { elementCount } from '../../models/onnx/proto.ts';
import type { ModelInfo } from '../../models/onnx/reader.ts';
import { readTensorFile, type TensorData } from '../../models/onnx/tensor-file.ts';
import { messageOf } from '../core/errors.ts';
import { compareTensors, conformanceTolerance, type NamedValues, type TensorComparison } from './compare-tensors.ts';
import { openingOptions } from './decoder-session.ts';
import { type InputData, numbersToBytes, resolveDims } from './model-inputs.ts';
import { checkModelFile, type NamedModel, OpsetError, openModel } from './open-model.ts';
import { outputsOf } from './run-model.ts';
import { loadRuntime, type Ort, type Session } from './runtime.ts';
import { isFeedable, toNumbers, typedArray } from './tensors.ts';

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

/** Skipped only for an operator set the runtime does not read; any other fault is a failure. Does not reject. */
export async function runConformance(
  testCase: ConformanceCase,
  provider: ExecutionProvider,
): Promise<ConformanceResult> {
  const { name } = testCase;
  try {
    const ort = await loadRuntime(provider === 'webgpu' ? 'ort-webgpu' : 'ort-wasm');
    const comparison = await runAndCompare(ort, testCase, provider);
    return { name, state: comparison.passed ? 'passed' : 'failed', detail: comparison.detail };
  } catch (error) {
    return { name, state: error instanceof OpsetError ? 'skipped' : 'failed', detail: messageOf(error) };
  }
}

async function runAndCompare(
  ort: Ort,
  testCase: ConformanceCase,
  provider: ExecutionProvider,
): Promise<TensorComparison> {
  const { name } = testCase;
  const model = new Uint8Array(testCase.model);
  const info = checkModelFile(model, name);
  const { session, onCpu } = await openNoting(ort, { name, model, opsets: info.opsets, external: [] }, provider);
  try {
    const actual = await outputsOf(ort, session, caseInputs(testCase, info));
    const expected = testCase.outputs.map((file, i) => expectedValues(file, `${name} output_${i}`));
    const comparison = compareTensors(actual, expected, conformanceTolerance);
    return onCpu ? { ...comparison, detail: `${comparison.detail}; not all of it ran on the GPU` } : comparison;
  } finally {
    await session.release();
  }
}

/** On webgpu, first refuses CPU nodes: a case that only passes because the CPU computed it must say so. */
async function openNoting(
  ort: Ort,
  model: NamedModel,
  provider: ExecutionProvider,
): Promise<{ session: Session; onCpu: boolean }> {
  if (provider === 'wasm')
    return { session: await openModel(ort, model, openingOptions('ort-wasm', {})), onCpu: false };
  try {
    // Severity 4: a refusal is an answer here, not an error for the console.
    const options = { ...openingOptions('ort-webgpu', { refuseCpu: true }), logSeverityLevel: 4 as const };
    return { session: await openModel(ort, model, options), onCpu: false };
  } catch (error) {
    if (error instanceof OpsetError) throw error;
    return { session: await openModel(ort, model, openingOptions('ort-webgpu', {})), onCpu: true };
  }
}

/** The stored inputs in the graph's order, or `arange(n)/n`. */
function caseInputs({ name, inputs }: ConformanceCase, info: ModelInfo): InputData[] {
  return info.inputs.map((input, index): InputData => {
    const stored = inputs?.[index];
    if (!stored) {
      if (inputs) throw new Error(`${name}: no data for input '${input.name}'`);
      const dims = resolveDims(input, {}, name);
      const count = elementCount(dims);
      const bytes = numbersToBytes('float32', count, (i) => i / count);
      return { name: input.name, type: 'float32', dims, bytes };
    }
    const { type, dims, bytes } = readTensorFile(new Uint8Array(stored), `${name} input_${index}`);
    if (!isFeedable(type))
      throw new Error(`${name}: input '${input.name}' is ${type}, which this runtime does not take`);
    return { name: input.name, type, dims, bytes };
  });
}

function expectedValues(file: ArrayBuffer, fileName: string): NamedValues {
  const tensor = readTensorFile(new Uint8Array(file), fileName);
  return { ...tensor, values: valuesOf(tensor) };
}

function valuesOf({ type, bytes }: TensorData): ArrayLike<number> {
  if (!isFeedable(type)) throw new Error(`expected values of ${type} cannot be compared`);
  return toNumbers(type, typedArray(type, bytes));
}
