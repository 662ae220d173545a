// The family `matmul`: C[m][n] = Σ_k A[m][k]·B[k][n], any m, n, k ≥ 1, f32 accumulation and f32 C. Knows no GPU object.
// type=f32, f16: A and B row-major; int8, int4: B as the quantised weights W[n][k] of src/core/quantised.ts, A in f32.
// flops = 2·m·n·k; bytes = each matrix once, in the type it is stored in.
import { defineVariant } from '../common/variant.ts';
import type { KernelFamily } from '../family.ts';
import { batch } from './batch.ts';
import { matmulCases } from './cases.ts';
import { broadcast, direct } from './direct.ts';
import { dp4a } from './dp4a.ts';
import { matrix } from './matrix.ts';
import naive from './naive.wgsl?raw';
import { featuresOf, joinOperands } from './operands.ts';
import { planProduct, tilesOf } from './plan.ts';
import { readProblem } from './problem.ts';
import { register, splitK } from './register.ts';
import tiled from './tiled.wgsl?raw';

const TILE = 16;

export const matmul: KernelFamily = {
  name: 'matmul',
  summary: 'dense matrix product C = A·B, from f32, f16 or quantised operands',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one thread an element, everything from global memory',
      read: (params) => readProblem(params, {}),
      needs: (problem, caps) => ({ invocations: 64, features: featuresOf(problem, caps) }),
      plan: (problem, caps) => {
        const joined = joinOperands(problem, caps, 'elements', [naive]);
        return planProduct(problem, 'naive', joined, { groups: Math.ceil((problem.m * problem.n) / 64) }, caps);
      },
    }),
    defineVariant({
      name: 'tiled',
      idea: '16 × 16 tiles through workgroup memory, one thread an element',
      read: (params) => readProblem(params, {}),
      needs: (problem, caps) => ({
        invocations: TILE * TILE,
        workgroupBytes: 2 * 4 * TILE * TILE,
        features: featuresOf(problem, caps),
      }),
      plan: (problem, caps) => {
        const joined = joinOperands(problem, caps, 'elements', [tiled]);
        const { groups, constants } = tilesOf(problem, TILE, TILE);
        return planProduct(problem, 'tiled', joined, { groups, constants: { ...constants, T: TILE } }, caps);
      },
    }),
    splitK,
    register,
    direct,
    broadcast,
    batch,
    dp4a,
    matrix,
  ],
  cases: matmulCases,
};
