// The family `swiglu`: y = g·σ(alpha·g)·(u + shift), σ(z) = 1/(1 + exp(−z)), element by element over rows × width: the
// gate of Llama-style MLPs (Shazeer, arXiv 2002.05202; alpha 1, shift 0), ONNX SwiGLU (alpha), and that of gpt-oss
// (alpha 1.702, limit 7: g at most limit, u within ±limit; shift 1). f32 or f16 storage, f32 arithmetic.
// flops = 4·rows·width (exp, add, divide, multiply), whatever the form; bytes: two reads and a write. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { cellAccess, numbersIn, type Storage, storageParam, stored, storedBytes } from '../common/cells.ts';
import entry from '../common/entry.wgsl?raw';
import { filler } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { optional, type ParamSpec, readParams, requireAddressable, size } from '../common/params.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, KernelFamily, KernelPlan } from '../family.ts';
import cells from './cells.wgsl?raw';

type NumberSpec = ParamSpec & { kind: 'number' };
const between = (min: number, max: number, value: number) => optional<NumberSpec>({ kind: 'number', min, max }, value);

/** The form of the gate; `limit` 0 clamps nothing. */
const FORM = { alpha: between(-100, 100, 1), limit: between(0, 1e6, 0), shift: between(-1e6, 1e6, 0) };
const SIZES = { rows: size(), width: size() };

interface Shape {
  readonly rows: number;
  readonly width: number;
  readonly alpha: number;
  readonly limit: number;
  readonly shift: number;
  readonly type: Storage;
  readonly threads: number;
}

function checked(shape: Omit<Shape, 'type'> & { readonly type: string }): Shape {
  requireAddressable('swiglu', { rows: shape.rows, width: shape.width });
  return shape as Shape;
}

const readNaive = (params: Params): Shape =>
  checked({ ...readParams('swiglu', params, { ...SIZES, ...FORM }), type: 'f32', threads: 256 });
const readVec4 = (params: Params): Shape =>
  checked(readParams('swiglu', params, { ...SIZES, ...FORM, type: storageParam, threads: optional(size(256), 256) }));

/** Elements padded to whole cells; the padding is computed and never checked. */
function plan(shape: Shape, variant: string, lanes: 1 | 4, caps: DeviceCaps): KernelPlan {
  const { rows, width, alpha, limit, shift, type, threads } = shape;
  const length = rows * width;
  const padded = Math.ceil(length / lanes) * lanes;
  const grid = foldGrid(Math.ceil(padded / (lanes * threads)), caps);
  const form = { ALPHA: `f32(${alpha})`, LIMIT: `f32(${limit})`, CLAMPS: String(limit > 0), SHIFT: `f32(${shift})` };
  const shader = {
    label: `swiglu/${variant} rows=${rows} width=${width} type=${type}`,
    source: [cellAccess(type, lanes), entry, cells].join('\n'),
    constants: { COUNT: padded / lanes, ...form, THREADS: threads, ...grid.constants },
  };
  const bytes = storedBytes(type, padded);
  // A spread of 4 reaches both the linear and the vanishing end of the gate, and passes a limit of 7 on both sides.
  const spread = filler(padded, (rng) => 4 * rng.normal());
  return {
    buffers: [
      { name: 'g', role: 'input', bytes, fill: stored(type, spread) },
      { name: 'u', role: 'input', bytes, fill: stored(type, spread) },
      { name: 'y', role: 'output', bytes },
    ],
    dispatches: [{ shader, bindings: ['g', 'u', 'y'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length,
        format: type,
        reference: (inputs, indices) =>
          referenceSwiglu(numbersIn(type, inputs.g!), numbersIn(type, inputs.u!), shape, indices),
        flopsPerElement: 20,
        tolerance: { nmse: type === 'f16' ? 1e-6 : 1e-12 },
      },
    ],
    flops: 4 * length,
    bytes: 3 * storedBytes(type, length),
  };
}

/** y at the given indices, in f64. */
export function referenceSwiglu(
  g: ArrayLike<number>,
  u: ArrayLike<number>,
  { alpha, limit, shift }: Pick<Shape, 'alpha' | 'limit' | 'shift'>,
  indices: Uint32Array,
): Float64Array {
  const bound = limit > 0 ? limit : Number.POSITIVE_INFINITY;
  return Float64Array.from(indices, (index) => {
    const gate = Math.min(g[index]!, bound);
    const up = Math.max(-bound, Math.min(u[index]!, bound));
    return (gate / (1 + Math.exp(-alpha * gate))) * (up + shift);
  });
}

const ALL = ['naive', 'vec4'];

export const swiglu: KernelFamily = {
  name: 'swiglu',
  summary: 'gated activation of the MLP',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread an element',
      read: readNaive,
      needs: ({ threads }) => ({ invocations: threads }),
      plan: (shape, caps) => plan(shape, 'naive', 1, caps),
    }),
    defineVariant({
      name: 'vec4',
      idea: 'four elements a thread in one request',
      read: readVec4,
      needs: ({ threads }) => ({ invocations: threads }),
      tuning: () => [{ threads: 64 }, { threads: 128 }],
      plan: (shape, caps) => plan(shape, 'vec4', 4, caps),
    }),
  ],
  cases: [
    { variants: ALL, params: { rows: 64, width: 8192 }, suites: ['default', 'full'] },
    { variants: ALL, params: { rows: 1024, width: 8192 }, suites: ['default', 'full'] },
    { variants: ['vec4'], params: { rows: 1024, width: 8192, type: 'f16' }, suites: ['full'] },
  ],
};
