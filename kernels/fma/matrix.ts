// The probe of the matrix units: chains of f16 matrix products whose sums are small whole numbers, and so exact.
import type { Params } from '../../src/core/case-id.ts';
import { foldGrid } from '../common/grid.ts';
import { packHalves } from '../common/halves.ts';
import { MATRIX_ENABLES, MATRIX_FEATURES, matrixConfig } from '../common/matrix-config.ts';
import { choice, optional, readParams, size } from '../common/params.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, KernelPlan, KernelVariant, SubgroupMatrixConfig } from '../family.ts';
import matrixSource from './matrix.wgsl?raw';

const CHAINS = 4;
/** Whole numbers that f16 sums hold exactly. */
const MOST_STEPS = 2048;

interface Matrix {
  readonly subgroups: number;
  readonly steps: number;
  readonly chains: number;
}

function readMatrix(params: Params): Matrix {
  return readParams('fma', params, {
    subgroups: size(2 ** 20),
    steps: size(MOST_STEPS),
    type: choice('f16'),
    chains: optional(size(16), CHAINS),
  });
}

/** A[i][k] is 1 where k = i mod K, B[k][j] is 1 on a chequer of unequal fields: A·B picks rows of B. */
function leftAt(i: number, k: number, { K }: SubgroupMatrixConfig): number {
  return k === i % K ? 1 : 0;
}
function rightAt(k: number, j: number): number {
  return (k + 2 * j) % 3 === 0 ? 1 : 0;
}

function operands(config: SubgroupMatrixConfig): Uint32Array<ArrayBuffer> {
  const { M, N, K } = config;
  return packHalves([
    ...Array.from({ length: M * K }, (_, at) => leftAt(Math.floor(at / K), at % K, config)),
    ...Array.from({ length: K * N }, (_, at) => rightAt(Math.floor(at / N), at % N)),
  ]);
}

/** steps · (A·B)[i][j] at the given indices of M × N matrices that stand one behind another. */
export function matrixChains(config: SubgroupMatrixConfig, steps: number, indices: Uint32Array): Float64Array {
  const { M, N, K } = config;
  return Float64Array.from(indices, (index) => {
    const at = index % (M * N);
    return steps * rightAt(Math.floor(at / N) % K, at % N);
  });
}

/** Without the feature there is no shape to plan with; `illegal` says so first. */
const NOMINAL: SubgroupMatrixConfig = { componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 };

function planMatrix({ subgroups, steps, chains }: Matrix, caps: DeviceCaps): KernelPlan {
  const config = matrixConfig(caps) ?? NOMINAL;
  const { M, N, K, resultComponentType: sum } = config;
  const length = subgroups * chains * M * N;
  const bytes = (sum === 'f32' ? 4 : 2) * length;
  const grid = foldGrid(subgroups, caps);
  const shader = {
    label: `fma/matrix ${M}x${N}x${K} ${sum} subgroups=${subgroups} steps=${steps} chains=${chains}`,
    source: `// Matrix sums in ${sum}.\nalias Sum = ${sum};\n${unroll(matrixSource, { CHAINS: chains })}`,
    enables: MATRIX_ENABLES,
    constants: { STEPS: steps, CHAINS: chains, MM: M, MN: N, MK: K, THREADS: caps.subgroupMaxSize, ...grid.constants },
  };
  const inputBytes = 2 * (M * K + K * N);
  return {
    buffers: [
      { name: 'start', role: 'input', bytes: inputBytes, fill: () => operands(config) },
      { name: 'result', role: 'output', bytes },
    ],
    dispatches: [{ shader, bindings: ['start', 'result'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'result',
        length,
        format: sum === 'f32' ? 'f32' : 'f16',
        reference: (_, indices) => matrixChains(config, steps, indices),
        flopsPerElement: 4,
        tolerance: { nmse: 0, absolute: 0 },
      },
    ],
    flops: 2 * M * N * K * chains * subgroups * steps,
    arithmetic: 'matrix-f16',
    bytes: bytes + inputBytes,
  };
}

const variant = defineVariant({
  name: 'matrix',
  idea: 'chains of f16 products on the matrix units',
  read: readMatrix,
  needs: (_, { subgroupMaxSize }) => ({
    invocations: subgroupMaxSize,
    features: MATRIX_FEATURES,
    languages: ['subgroup_id'],
  }),
  plan: planMatrix,
  tuning: () => [1, 2, 8].map((chains) => ({ chains })),
});

export const matrix: KernelVariant = {
  ...variant,
  illegal: (params, caps) =>
    variant.illegal(params, caps) ??
    (matrixConfig(caps) ? null : 'needs matrix units that multiply f16, which this device does not list'),
};
