// The family `swiglu`: y = silu(g)·u = g/(1 + exp(−g))·u, element by element over rows × width, the gate of
// Llama-style MLPs (Shazeer, arXiv 2002.05202). flops = 4·rows·width (exp, add, divide, multiply);
// bytes = 12·rows·width, two reads and a write. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { filler, normal } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { readParams, requireAddressable, size } from '../common/params.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, HostArray, KernelFamily, KernelPlan } from '../family.ts';
import naive from './naive.wgsl?raw';
import vec4 from './vec4.wgsl?raw';

const THREADS = 256;

interface Shape {
  readonly rows: number;
  readonly width: number;
}

function readShape(params: Params): Shape {
  const shape = readParams('swiglu', params, { rows: size(), width: size() });
  requireAddressable('swiglu', { rows: shape.rows, width: shape.width });
  return shape;
}

/** Elements padded to whole vec4f; the padding is computed and never checked. */
function plan({ rows, width }: Shape, variant: string, source: string, perThread: 1 | 4, caps: DeviceCaps): KernelPlan {
  const length = rows * width;
  const padded = Math.ceil(length / perThread) * perThread;
  const grid = foldGrid(Math.ceil(padded / (perThread * THREADS)), caps);
  const shader = {
    label: `swiglu/${variant} rows=${rows} width=${width}`,
    source,
    constants: { COUNT: padded, ...grid.constants },
  };
  return {
    buffers: [
      // A spread of 4 reaches both the linear and the vanishing end of silu.
      { name: 'g', role: 'input', bytes: 4 * padded, fill: filler(padded, (rng) => 4 * rng.normal()) },
      { name: 'u', role: 'input', bytes: 4 * padded, fill: normal(padded) },
      { name: 'y', role: 'output', bytes: 4 * padded },
    ],
    dispatches: [{ shader, bindings: ['g', 'u', 'y'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length,
        reference: (inputs, indices) => referenceSwiglu(inputs.g!, inputs.u!, indices),
        flopsPerElement: 20,
        tolerance: { nmse: 1e-12 },
      },
    ],
    flops: 4 * length,
    bytes: 12 * length,
  };
}

/** y at the given indices, in f64. */
export function referenceSwiglu(g: HostArray, u: HostArray, indices: Uint32Array): Float64Array {
  return Float64Array.from(indices, (index) => (g[index]! / (1 + Math.exp(-g[index]!))) * u[index]!);
}

const ALL = ['naive', 'vec4'];

export const swiglu: KernelFamily = {
  name: 'swiglu',
  summary: 'gated activation of the MLP',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread an element',
      read: readShape,
      needs: () => ({ invocations: THREADS }),
      plan: (shape, caps) => plan(shape, 'naive', naive, 1, caps),
    }),
    defineVariant({
      name: 'vec4',
      idea: 'four elements a thread in 16-byte requests',
      read: readShape,
      needs: () => ({ invocations: THREADS }),
      plan: (shape, caps) => plan(shape, 'vec4', vec4, 4, caps),
    }),
  ],
  cases: [
    { variants: ALL, params: { rows: 64, width: 8192 }, suites: ['default', 'full'] },
    { variants: ALL, params: { rows: 1024, width: 8192 }, suites: ['default', 'full'] },
  ],
};
