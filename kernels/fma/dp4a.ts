// The probe of the integer dot product: chains of four int8 products an instruction, exact to the bit.
import type { Params } from '../../src/core/case-id.ts';
import { foldGrid } from '../common/grid.ts';
import { choice, optional, readParams, size } from '../common/params.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, KernelPlan, KernelVariant } from '../family.ts';
import { THREADS } from './chains.ts';
import dp4aSource from './dp4a.wgsl?raw';

/** The bytes −3, 5, −7 and 11: unlike, so that no two operands can be exchanged unseen. */
const WEIGHTS = 0x0bf905fd;
const CHAINS = 8;

interface Dp4a {
  readonly threads: number;
  readonly steps: number;
  readonly chains: number;
}

function readDp4a(params: Params): Dp4a {
  return readParams('fma', params, {
    threads: size(2 ** 22, THREADS),
    steps: size(4096, 8),
    type: choice('int8'),
    chains: optional(size(32), CHAINS),
  });
}

/** x after `steps` (even) of y ← y + x·weights, x ← x + y·weights from (start, 0), modulo 2³², where · is the sum of products of signed bytes. */
export function dotChain(start: number, weights: number, steps: number): number {
  const dot = (value: number): number => {
    let sum = 0;
    for (let shift = 0; shift < 32; shift += 8) sum += ((value << shift) >> 24) * ((weights << shift) >> 24);
    return sum;
  };
  let [x, y] = [start | 0, 0];
  for (let i = 0; i < steps; i += 2) {
    y = (y + dot(x)) | 0;
    x = (x + dot(y)) | 0;
  }
  return x;
}

function planDp4a({ threads, steps, chains }: Dp4a, caps: DeviceCaps): KernelPlan {
  const length = chains * threads;
  const grid = foldGrid(threads / THREADS, caps);
  const shader = {
    label: `fma/dp4a threads=${threads} steps=${steps} chains=${chains}`,
    source: unroll(dp4aSource, { CHAINS: chains }),
    constants: { STEPS: steps, CHAINS: chains, ...grid.constants },
  };
  return {
    buffers: [
      {
        name: 'start',
        role: 'input',
        bytes: 4 * length,
        fill: (rng) => Int32Array.from({ length }, () => Math.floor((rng.uniform() - 0.5) * 2 ** 32)),
      },
      { name: 'factors', role: 'input', bytes: 4, fill: () => Uint32Array.of(WEIGHTS) },
      { name: 'result', role: 'output', bytes: 4 * length },
    ],
    dispatches: [{ shader, bindings: ['start', 'factors', 'result'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'result',
        length,
        format: 'i32',
        reference: (inputs, indices) =>
          Float64Array.from(indices, (index) => dotChain(inputs.start![index]!, inputs.factors![0]!, steps)),
        flopsPerElement: 20 * steps,
        tolerance: { nmse: 0, absolute: 0 },
      },
    ],
    // Four products and four additions a step.
    flops: 8 * length * steps,
    arithmetic: 'int8',
    bytes: 8 * length + 4,
  };
}

export const dp4a: KernelVariant = defineVariant({
  name: 'dp4a',
  idea: 'chains of four int8 products and their sum an instruction',
  read: readDp4a,
  needs: () => ({ invocations: THREADS, languages: ['packed_4x8_integer_dot_product'] }),
  plan: planDp4a,
  tuning: () => [2, 4, 16].map((chains) => ({ chains })),
});
