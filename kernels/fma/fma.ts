// The family `fma`: how many multiply-adds a second the arithmetic units give when everything stays in registers.
// The other axis of the local roofline. 16 chains of `steps` multiply-adds per thread: flops = 2·16·threads·steps;
// bytes = 2·64·threads (every chain is read and written once) + 8. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { uniformSigned } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams } from '../common/params.ts';
import { F32_ROUNDOFF } from '../common/tolerance.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, HostArray, KernelFamily, KernelPlan } from '../family.ts';
import vec4Source from './vec4.wgsl?raw';

const THREADS = 256;
const CHAINS = 16;

interface Shape {
  readonly threads: number;
  readonly steps: number;
}

function readShape(params: Params): Shape {
  return readParams('fma', params, {
    threads: { kind: 'integer', min: THREADS, max: 2 ** 22, multipleOf: THREADS },
    steps: { kind: 'integer', min: 8, max: 4096, multipleOf: 8 },
    type: { kind: 'choice', choices: ['f32'] },
  });
}

/**
 * Multiplier and addend. scaleᵏ falls to 1/e over the whole chain, so that a chain cut short or run too long misses the
 * expected value by far more than the tolerance; the addend keeps the fixed point at 1, so that nothing underflows.
 */
export function factorsFor(steps: number): Float32Array<ArrayBuffer> {
  const scale = Math.fround(1 - 1 / (steps + 1));
  return Float32Array.of(scale, 1 - scale);
}

/** x_n = scaleⁿ·x₀ + shift·(1 − scaleⁿ)/(1 − scale), the closed form of n steps from x₀, in f64. */
export function closedForm(start: HostArray, factors: HostArray, steps: number, indices: Uint32Array): Float64Array {
  const [scale, shift] = [factors[0]!, factors[1]!];
  const power = scale ** steps;
  const offset = (shift * (1 - power)) / (1 - scale);
  return Float64Array.from(indices, (index) => power * start[index]! + offset);
}

function plan({ threads, steps }: Shape, caps: DeviceCaps): KernelPlan {
  const length = CHAINS * threads;
  const grid = foldGrid(threads / THREADS, caps);
  const shader = {
    label: `fma/vec4 threads=${threads} steps=${steps}`,
    source: vec4Source,
    constants: { STEPS: steps, ...grid.constants },
  };
  return {
    buffers: [
      { name: 'start', role: 'input', bytes: 4 * length, fill: uniformSigned(length) },
      { name: 'factors', role: 'input', bytes: 8, fill: () => factorsFor(steps) },
      { name: 'result', role: 'output', bytes: 4 * length },
    ],
    dispatches: [{ shader, bindings: ['start', 'factors', 'result'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'result',
        length,
        reference: (inputs, indices) => closedForm(inputs.start!, inputs.factors!, steps, indices),
        flopsPerElement: 2,
        // Values stay below 1 in size; a step rounds product and sum by at most u each, and later steps only shrink
        // that: at most 2·u·steps and one rounding of the start. On SwiftShader, which rounds twice a step, 4096 steps
        // gave 1.4e-5 (4.9e-4 allowed) and an NMSE of 3e-13.
        tolerance: { nmse: 1e-11, absolute: 2 * F32_ROUNDOFF * (steps + 1) },
      },
    ],
    flops: 2 * length * steps,
    bytes: 8 * length + 8,
  };
}

export const fma: KernelFamily = {
  name: 'fma',
  summary: 'multiply-adds in registers: the flop-per-second axis of the roofline',
  variants: [
    defineVariant({
      name: 'vec4',
      idea: 'four independent vec4f chains a thread',
      read: readShape,
      needs: () => ({ invocations: THREADS }),
      plan,
    }),
  ],
  cases: [
    { variants: ['vec4'], params: { threads: 16384, steps: 1024, type: 'f32' }, suites: ['smoke', 'default', 'full'] },
    { variants: ['vec4'], params: { threads: 524288, steps: 4096, type: 'f32' }, suites: ['smoke', 'default', 'full'] },
  ],
};
