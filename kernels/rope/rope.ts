// The family `rope`: rotary position embedding (Su et al., arXiv 2104.09864) in the half-split convention of Llama in
// Hugging Face's transformers: pair i of a head is (x[i], x[i + dim/2]), turned at position p by p·theta^(−2i/dim).
// Layout [head][position][dim]. The angles' cosines and sines come as tables [position][dim/2], rounded from f64, as
// engines keep them: WGSL's own cos and sin are only good to 2⁻¹¹ and only within [−π, π].
// flops = 3·heads·seq·dim (4 multiplications and 2 additions a pair); bytes = 4·(2·heads·seq·dim + seq·dim), each
// operand once. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { normal } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams, requireAddressable, size } from '../common/params.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, HostArray, KernelFamily, KernelPlan } from '../family.ts';
import naive from './naive.wgsl?raw';
import vec4 from './vec4.wgsl?raw';

const THREADS = 256;
const MAX_DIM = 1024;

interface Shape {
  readonly seq: number;
  readonly heads: number;
  readonly dim: number;
  readonly theta: number;
}

function reader(multipleOf: 2 | 8): (params: Params) => Shape {
  return (params) => {
    const shape = readParams('rope', params, {
      seq: size(),
      heads: size(),
      dim: size(MAX_DIM, multipleOf),
      theta: { kind: 'number', min: 1, max: 1e9 },
    });
    requireAddressable('rope', { heads: shape.heads, seq: shape.seq, dim: shape.dim });
    return shape;
  };
}

/** f(angle) for every position and pair, [position][dim/2], rounded to f32. */
export function angleTable(f: (angle: number) => number, { seq, dim, theta }: Shape): Float32Array<ArrayBuffer> {
  const half = dim / 2;
  const frequencies = Float64Array.from({ length: half }, (_, i) => theta ** ((-2 * i) / dim));
  return Float32Array.from({ length: seq * half }, (_, i) => f(Math.floor(i / half) * frequencies[i % half]!));
}

/** `perThread` pairs a thread. */
function plan(shape: Shape, variant: string, source: string, perThread: 1 | 4, caps: DeviceCaps): KernelPlan {
  const { seq, heads, dim } = shape;
  const length = heads * seq * dim;
  const table = 2 * seq * dim;
  const grid = foldGrid(Math.ceil(length / (2 * perThread * THREADS)), caps);
  const shader = {
    label: `rope/${variant} seq=${seq} heads=${heads} dim=${dim}`,
    source,
    constants: { SEQ: seq, HEADS: heads, DIM: dim, ...grid.constants },
  };
  return {
    buffers: [
      { name: 'x', role: 'input', bytes: 4 * length, fill: normal(length) },
      { name: 'cosine', role: 'input', bytes: table, fill: () => angleTable(Math.cos, shape) },
      { name: 'sine', role: 'input', bytes: table, fill: () => angleTable(Math.sin, shape) },
      { name: 'y', role: 'output', bytes: 4 * length },
    ],
    dispatches: [{ shader, bindings: ['x', 'cosine', 'sine', 'y'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length,
        reference: (inputs, indices) => referenceRope(inputs, shape, indices),
        flopsPerElement: 3,
        tolerance: { nmse: 1e-12, absolute: 1e-5 },
      },
    ],
    flops: 3 * length,
    bytes: 4 * (2 * length + seq * dim),
  };
}

/** y at the given indices, in f64, from the f32 tables. */
export function referenceRope(
  inputs: Readonly<Record<string, HostArray>>,
  { seq, dim }: Pick<Shape, 'seq' | 'dim'>,
  indices: Uint32Array,
): Float64Array {
  const { x, cosine, sine } = inputs as Record<'x' | 'cosine' | 'sine', HostArray>;
  const half = dim / 2;
  return Float64Array.from(indices, (index) => {
    const column = index % dim;
    const angle = (Math.floor(index / dim) % seq) * half + (column % half);
    const partner = column < half ? -x[index + half]! : x[index - half]!;
    return x[index]! * cosine[angle]! + partner * sine[angle]!;
  });
}

const ALL = ['naive', 'vec4'];

export const rope: KernelFamily = {
  name: 'rope',
  summary: 'rotary position embedding',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one pair a thread',
      read: reader(2),
      needs: () => ({ invocations: THREADS }),
      plan: (shape, caps) => plan(shape, 'naive', naive, 1, caps),
    }),
    defineVariant({
      name: 'vec4',
      idea: 'four pairs a thread in 16-byte requests',
      read: reader(8),
      needs: () => ({ invocations: THREADS }),
      plan: (shape, caps) => plan(shape, 'vec4', vec4, 4, caps),
    }),
  ],
  cases: [
    { variants: ALL, params: { seq: 128, heads: 32, dim: 64, theta: 500000 }, suites: ['default', 'full'] },
    { variants: ALL, params: { seq: 2048, heads: 32, dim: 64, theta: 500000 }, suites: ['default', 'full'] },
  ],
};
