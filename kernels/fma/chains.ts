// The probes of the f32 and f16 units: chains of multiply-adds on scalars and vectors, held to a closed form.
import type { Params } from '../../src/core/case-id.ts';
import { uniformSigned } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { halfAt, packHalves } from '../common/halves.ts';
import { choice, optional, readParams, size } from '../common/params.ts';
import { F32_ROUNDOFF } from '../common/tolerance.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type { BufferPlan, DeviceCaps, HostArray, KernelPlan, KernelVariant, OutputCheck } from '../family.ts';
import chainsSource from './chains.wgsl?raw';

export const THREADS = 256;
/** Values a thread carries unless asked otherwise: enough to hide a multiply-add's latency of 4 to 8 cycles, on any GPU. */
const VALUES = 16;
/** f16 counts exactly to 2048: steps and the starts below STARTS must stay under it. */
const STARTS = 32;

interface Chains {
  readonly threads: number;
  readonly steps: number;
  readonly type: 'f32' | 'f16';
  /** Chains a thread: values of the variant's width. */
  readonly chains: number;
  readonly form: 'mad' | 'fma';
}

function readChains(params: Params, width: number): Chains {
  const read = readParams('fma', params, {
    threads: size(2 ** 22, THREADS),
    steps: size(params.type === 'f16' ? 2048 - STARTS : 4096, 8),
    type: choice('f32', 'f16'),
    chains: optional(size(32), VALUES / width),
    form: optional(choice('mad', 'fma'), 'mad'),
  });
  return read as unknown as Chains;
}

/**
 * Multiplier and addend of an f32 chain. scaleᵏ falls to 1/e over the whole chain, so that a chain cut short or run too long misses
 * the expected value by far more than the tolerance; the addend keeps the fixed point at 1, so that nothing underflows.
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

/** f32: values stay below 1 in size; a step rounds product and sum by at most u each, and later steps only shrink that: at
 * most 2·u·steps and one rounding of the start. On SwiftShader, which rounds twice a step, 4096 steps gave 1.4e-5 (4.9e-4
 * allowed) and an NMSE of 3e-13. */
function planF32(length: number, steps: number): { buffers: BufferPlan[]; check: OutputCheck } {
  return {
    buffers: [
      { name: 'start', role: 'input', bytes: 4 * length, fill: uniformSigned(length) },
      { name: 'factors', role: 'input', bytes: 8, fill: () => factorsFor(steps) },
      { name: 'result', role: 'output', bytes: 4 * length },
    ],
    check: {
      buffer: 'result',
      length,
      reference: (inputs, indices) => closedForm(inputs.start!, inputs.factors!, steps, indices),
      flopsPerElement: 2,
      tolerance: { nmse: 1e-11, absolute: 2 * F32_ROUNDOFF * (steps + 1) },
    },
  };
}

/** f16: x ← x·1 + 1 from small whole numbers, which f16 counts exactly; with fewer bits no closed form could be held to. */
function planF16(length: number, steps: number): { buffers: BufferPlan[]; check: OutputCheck } {
  const start = (rng: { uniform(): number }) =>
    packHalves(Float32Array.from({ length }, () => Math.floor(STARTS * rng.uniform())));
  return {
    buffers: [
      { name: 'start', role: 'input', bytes: 2 * length, fill: start },
      { name: 'factors', role: 'input', bytes: 4, fill: () => packHalves([1, 1]) },
      { name: 'result', role: 'output', bytes: 2 * length },
    ],
    check: {
      buffer: 'result',
      length,
      format: 'f16',
      reference: (inputs, indices) => Float64Array.from(indices, (index) => halfAt(inputs.start!, index) + steps),
      flopsPerElement: 2,
      tolerance: { nmse: 0, absolute: 0 },
    },
  };
}

function planChains(name: string, width: number, read: Chains, caps: DeviceCaps): KernelPlan {
  const { threads, steps, type, chains, form } = read;
  const length = width * chains * threads;
  const { buffers, check } = (type === 'f16' ? planF16 : planF32)(length, steps);
  const grid = foldGrid(threads / THREADS, caps);
  const vector = width === 1 ? 'Element' : `vec${width}<Element>`;
  const counts = { CHAINS: chains, FUSED: form === 'fma' ? 1 : 0, APART: form === 'mad' ? 1 : 0 };
  const shader = {
    label: `fma/${name} threads=${threads} steps=${steps} ${type} chains=${chains} ${form}`,
    source: `// ${name} chains of ${type}.\nalias Element = ${type};\nalias Value = ${vector};\n${unroll(chainsSource, counts)}`,
    enables: type === 'f16' ? ['f16'] : [],
    constants: { STEPS: steps, CHAINS: chains, ...grid.constants },
  };
  return {
    buffers,
    dispatches: [{ shader, bindings: ['start', 'factors', 'result'], workgroups: grid.workgroups }],
    checks: [check],
    flops: 2 * length * steps,
    arithmetic: type,
    bytes: buffers.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Chains on values of `width` elements. */
export function chainsVariant(name: string, width: 1 | 2 | 4, idea: string): KernelVariant {
  const points = [1, 2, 4, 8, 16].filter((chains) => width * chains >= 4 && width * chains <= 32);
  return defineVariant({
    name,
    idea,
    read: (params) => readChains(params, width),
    needs: ({ type }) => ({ invocations: THREADS, features: type === 'f16' ? ['shader-f16'] : [] }),
    plan: (read, caps) => planChains(name, width, read, caps),
    tuning: () => [
      ...points.filter((chains) => width * chains !== VALUES).map((chains) => ({ chains })),
      { form: 'fma' },
    ],
  });
}
