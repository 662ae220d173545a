// Shader text → compute pipeline: prelude, compile errors people can read, one cache per device keyed by source.
import type { Constant, ShaderPlan } from '../../kernels/family.ts';

const caches = new WeakMap<GPUDevice, Map<string, Promise<GPUComputePipeline>>>();

/** The WGSL that is compiled: extensions, constants, then the family's file as it stands. */
export function assembleSource(shader: ShaderPlan): string {
  const enables = (shader.enables ?? []).map((name) => `enable ${name};\n`);
  const constants = Object.entries(shader.constants).map(([name, value]) => `const ${name} = ${literal(value)};\n`);
  return [...enables, ...constants, shader.source].join('');
}

function literal(value: Constant): string {
  return typeof value === 'number' ? `${value}u` : value;
}

/** Compiles once per device and source; concurrent callers share the compilation. Throws with line, column and source. */
export function pipelineFor(device: GPUDevice, shader: ShaderPlan): Promise<GPUComputePipeline> {
  const cache = caches.get(device) ?? new Map<string, Promise<GPUComputePipeline>>();
  caches.set(device, cache);
  const code = assembleSource(shader);
  let pipeline = cache.get(code);
  if (!pipeline) {
    pipeline = compile(device, shader);
    cache.set(code, pipeline);
    pipeline.catch(() => cache.delete(code));
  }
  return pipeline;
}

async function compile(device: GPUDevice, shader: ShaderPlan): Promise<GPUComputePipeline> {
  const module = await compileShader(device, shader);
  const { label } = shader;
  return device.createComputePipelineAsync({ label, layout: 'auto', compute: { module, entryPoint: 'main' } });
}

/** The module alone, which is held to the language but not to the device's limits. Throws with line, column and source. */
export async function compileShader(device: GPUDevice, shader: ShaderPlan): Promise<GPUShaderModule> {
  const { label } = shader;
  const code = assembleSource(shader);
  const module = device.createShaderModule({ label, code });
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter((message) => message.type === 'error');
  if (errors.length > 0) throw new Error(describeErrors(label, code, errors));
  return module;
}

function describeErrors(label: string, code: string, errors: readonly GPUCompilationMessage[]): string {
  const lines = code.split('\n').map((line, index) => `${String(index + 1).padStart(4)}  ${line}`);
  const marks = errors.map(({ lineNum, linePos, message }) => `${label}:${lineNum}:${linePos}: ${message}`);
  return [...marks, ...lines].join('\n');
}
