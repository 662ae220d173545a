// Runs one ONNX node case on our own kernels, through the executor that measures them: every variant that takes the
// problem must give the expected tensors. Knows no file system.
import type { HostArray, KernelPlan } from '../../../kernels/family.ts';
import { families } from '../../../kernels/index.ts';
import { readNodes } from '../../../models/onnx/read-nodes.ts';
import { inspectModel } from '../../../models/onnx/reader.ts';
import { readTensorFile } from '../../../models/onnx/tensor-file.ts';
import { formatCaseId } from '../../core/case-id.ts';
import { messageOf, UserError } from '../../core/errors.ts';
import { capsOf } from '../../gpu/device.ts';
import { openKernel } from '../../gpu/kernel-executor.ts';
import { compareTensors, conformanceTolerance, type NamedValues } from '../../onnx/compare-tensors.ts';
import type { ConformanceCase, ConformanceResult } from '../../onnx/conformance.ts';
import { isFeedable, toNumbers, typedArray } from '../../onnx/tensors.ts';
import { type KernelCall, type MappedNode, type NodeProblem, type NodeTensor, NotCovered } from './kernel-call.ts';
import { mapAttention } from './map-attention.ts';
import { mapMatmul, mapMatmulInteger } from './map-matmul.ts';
import { mapRotary } from './map-rotary.ts';
import { mapRmsnorm, mapSoftmax, mapSwiglu, mapSwish } from './map-rows.ts';

const MAPPINGS: Readonly<Record<string, (node: NodeProblem) => MappedNode>> = {
  Attention: mapAttention,
  MatMul: mapMatmul,
  MatMulInteger: mapMatmulInteger,
  RMSNormalization: mapRmsnorm,
  RotaryEmbedding: mapRotary,
  Softmax: mapSoftmax,
  SwiGLU: mapSwiglu,
  Swish: mapSwish,
};

/** Skipped when no family computes what the node asks for; whatever else goes wrong is a failure. Does not reject. */
export async function runOnKernels(device: GPUDevice, testCase: ConformanceCase): Promise<ConformanceResult> {
  const { name } = testCase;
  try {
    const node = readProblem(testCase);
    const mapping = MAPPINGS[node.op];
    if (!mapping) throw new NotCovered(`no kernel family computes ${node.op}`);
    return { name, ...(await runAndCompare(device, mapping(node), testCase)) };
  } catch (error) {
    return { name, state: error instanceof NotCovered ? 'skipped' : 'failed', detail: messageOf(error) };
  }
}

/** The one node of the model, its inputs read. */
function readProblem({ name, model, inputs }: ConformanceCase): NodeProblem {
  const bytes = new Uint8Array(model);
  const { opsets, inputs: fed } = inspectModel(bytes, name);
  const nodes = readNodes(bytes, name);
  const [node] = nodes;
  if (!node || nodes.length > 1 || inputs === null) throw new NotCovered(`a network of ${nodes.length} nodes`);
  const tensors = new Map(fed.map((input, i) => [input.name, readTensor(inputs[i], `${name} input_${i}`)]));
  return {
    op: node.domain === '' ? node.op : `${node.domain}:${node.op}`,
    opset: opsets[node.domain] ?? 0,
    attributes: node.attributes,
    inputs: node.inputs.map((input) => (input === '' ? null : (tensors.get(input) ?? null))),
    outputs: node.outputs.length,
  };
}

function readTensor(file: ArrayBuffer | undefined, fileName: string): NodeTensor {
  if (!file) throw new Error(`${fileName}: no data`);
  const { type, dims, bytes } = readTensorFile(new Uint8Array(file), fileName);
  if (!isFeedable(type)) throw new NotCovered(`tensors of ${type}`);
  return { type, dims, values: toNumbers(type, typedArray(type, bytes)) };
}

async function runAndCompare(
  device: GPUDevice,
  { calls, results, note }: MappedNode,
  { name, outputs }: ConformanceCase,
): Promise<Omit<ConformanceResult, 'name'>> {
  const expected = outputs.map(
    (file, i): NamedValues => ({ name: `output_${i}`, ...readTensor(file, `${name} output_${i}`) }),
  );
  const { variants, refusals } = variantsFor(device, calls[0]!);
  if (variants.length === 0) throw new NotCovered(`no variant takes it: ${refusals.join('; ')}`);
  let [elements, worst] = [0, 0];
  for (const variant of variants) {
    const given: Float32Array[] = [];
    for (const call of calls) given.push(await runCall(device, call, variant));
    const comparison = compareTensors(results(given), expected, conformanceTolerance);
    if (!comparison.passed) return { state: 'failed', detail: `${calls[0]!.family}/${variant}: ${comparison.detail}` };
    elements = comparison.elements;
    worst = Math.max(worst, comparison.largestError);
  }
  const ran = `${calls[0]!.family}: ${variants.join(', ')}`;
  const figures = `${elements} values, largest error ${Number(worst.toPrecision(4))}`;
  return { state: 'passed', detail: [figures, ran, ...(note ? [note] : [])].join('; ') };
}

/** Every variant of the family that takes the call's parameters on this device, and why the others do not. */
function variantsFor(device: GPUDevice, call: KernelCall): { variants: string[]; refusals: string[] } {
  const [variants, refusals]: [string[], string[]] = [[], []];
  for (const { name } of familyOf(call).variants) {
    const plan = planFor(device, call, name);
    if (typeof plan === 'string') refusals.push(`${name}: ${plan}`);
    else variants.push(name);
  }
  return { variants, refusals };
}

function familyOf({ family }: KernelCall): (typeof families)[number] {
  return families.find((item) => item.name === family)!;
}

/** The plan with the call's data in place of seeded contents, or why there is none. */
function planFor(device: GPUDevice, call: KernelCall, variantName: string): KernelPlan | string {
  const variant = familyOf(call).variants.find((item) => item.name === variantName)!;
  const caps = capsOf(device);
  try {
    const illegal = variant.illegal(call.params, caps);
    if (illegal !== null) return illegal;
    const plan = variant.plan(call.params, caps);
    const buffers = plan.buffers.map((buffer) =>
      buffer.fill ? { ...buffer, fill: () => padded(call.inputs[buffer.name], buffer.name, buffer.bytes) } : buffer,
    );
    return { ...plan, buffers };
  } catch (error) {
    // A parameter this variant does not know or take.
    if (error instanceof UserError) return error.message;
    throw error;
  }
}

function padded(values: HostArray | undefined, name: string, bytes: number): HostArray {
  if (!values || values.byteLength > bytes)
    throw new Error(`buffer '${name}' holds ${bytes} bytes, the node gives ${values?.byteLength ?? 'none'}`);
  if (values.byteLength === bytes) return values;
  const whole = new (values.constructor as Float32ArrayConstructor)(bytes / 4);
  whole.set(values);
  return whole;
}

async function runCall(device: GPUDevice, call: KernelCall, variant: string): Promise<Float32Array> {
  const plan = planFor(device, call, variant);
  if (typeof plan === 'string') throw new Error(plan);
  const id = formatCaseId(`kernel/${call.family}/${variant}`, call.params);
  const run = await openKernel(device, plan, { seed: 1, id });
  try {
    await run.guarded(() => run.once());
    const check = plan.checks.find((item) => item.buffer === call.output)!;
    return (await run.readOutput(call.output)).subarray(0, check.length);
  } finally {
    run.close();
  }
}
