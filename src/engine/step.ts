// One dispatch of a forward pass: what is known before the device compiles it, and what is left to do at every token.
import type { ShaderPlan } from '../../kernels/family.ts';
import { pipelineFor } from '../gpu/pipelines.ts';

/** What the number of workgroups may depend on. */
export interface StepShape {
  /** Rows of activations: tokens of a prompt's chunk, or sequences. */
  readonly rows: number;
  /** Parts the keys of each head are divided into. */
  readonly splits: number;
}

export interface StepSpec {
  /** What it does, for the breakdown: `layer 3 qkv`. */
  readonly name: string;
  readonly shader: ShaderPlan;
  /** Buffers by binding number. */
  readonly bindings: Readonly<Record<number, GPUBuffer>>;
  readonly workgroups: (shape: StepShape) => readonly [number, number, number];
}

export interface Step {
  readonly name: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly workgroups: StepSpec['workgroups'];
}

/** Compiles all at once: the device works on them in parallel, and steps with the same shader share one pipeline. */
export function buildSteps(device: GPUDevice, specs: readonly StepSpec[]): Promise<Step[]> {
  return Promise.all(
    specs.map(async ({ name, shader, bindings, workgroups }) => {
      const pipeline = await pipelineFor(device, shader);
      const entries = Object.entries(bindings).map(([binding, buffer]) => ({
        binding: Number(binding),
        resource: { buffer },
      }));
      const layout = pipeline.getBindGroupLayout(0);
      return { name, pipeline, bindGroup: device.createBindGroup({ label: name, layout, entries }), workgroups };
    }),
  );
}

/** Records the steps; one without workgroups is left out. Returns how many were recorded. */
export function encodeSteps(pass: GPUComputePassEncoder, steps: readonly Step[], shape: StepShape): number {
  let recorded = 0;
  for (const { pipeline, bindGroup, workgroups } of steps) {
    const [x, y, z] = workgroups(shape);
    if (x === 0) continue;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(x, y, z);
    recorded++;
  }
  return recorded;
}
