// The matmul variant on the matrix units, behind Dawn's draft feature: f16 A and B, sums as the units keep them.
import type { Params } from '../../src/core/case-id.ts';
import { foldGrid } from '../common/grid.ts';
import { MATRIX_ENABLES, MATRIX_FEATURES, matrixConfig } from '../common/matrix-config.ts';
import { choice, optional, readParams, requireAddressable, size } from '../common/params.ts';
import { F32_ROUNDOFF } from '../common/tolerance.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant } from '../common/variant.ts';
import type {
  BufferPlan,
  Constant,
  DeviceCaps,
  DispatchPlan,
  KernelPlan,
  KernelVariant,
  SubgroupMatrixConfig,
  Tolerance,
} from '../family.ts';
import cropSource from './crop.wgsl?raw';
import elementsF16 from './elements-f16.wgsl?raw';
import matrixSource from './matrix.wgsl?raw';
import right from './matrix-right.wgsl?raw';
import slice from './matrix-slice.wgsl?raw';
import units from './matrix-units.wgsl?raw';
import padSource from './pad.wgsl?raw';
import { tileOrder, tilesOf } from './plan.ts';
import { buffersOf, checkOf, heldBytes, type Problem } from './problem.ts';

interface Matrix extends Problem {
  /** Matrices of C a subgroup computes, down and across. */
  readonly down: number;
  readonly across: number;
  /** Depth of a slice of K, at least the units' own. */
  readonly bk: number;
  /** 1: B passes through workgroup memory. */
  readonly staged: number;
}

function readMatrix(params: Params): Matrix {
  const read = readParams('matmul', params, {
    m: size(),
    n: size(),
    k: size(),
    type: choice('f16'),
    down: optional(size(8), 4),
    across: optional(size(8), 4),
    bk: optional(size(64, 16), 32),
    staged: optional({ kind: 'integer', min: 0, max: 1 }, 1),
  });
  const { m, n, k } = read;
  requireAddressable('matmul', { m, k });
  requireAddressable('matmul', { k, n });
  requireAddressable('matmul', { m, n });
  return { ...read, type: 'f16', half: 'native' };
}

/** Without the feature there is no shape to plan with; `illegal` says so first. */
const NOMINAL: SubgroupMatrixConfig = { componentType: 'f16', resultComponentType: 'f32', M: 16, N: 16, K: 16 };
const MOST_SUBGROUPS = 4;
/** Elements between the rows of a staged slice that keep them in different banks. */
const ROW_PAD = 8;

interface Layout {
  readonly config: SubgroupMatrixConfig;
  readonly sideM: number;
  readonly sideN: number;
  readonly tileRows: number;
  readonly tileCols: number;
  readonly bk: number;
  /** m, n and k up to whole tiles and slices. */
  readonly rows: number;
  readonly cols: number;
  readonly depth: number;
}

/** Four subgroups, two by two, where the workgroup may be so large. */
function layoutOf({ m, n, k, down, across, bk: asked }: Matrix, caps: DeviceCaps): Layout {
  const config = matrixConfig(caps) ?? NOMINAL;
  const { M, N, K } = config;
  const subgroups = Math.min(MOST_SUBGROUPS, Math.floor(caps.maxComputeInvocationsPerWorkgroup / caps.subgroupMaxSize));
  const sideN = subgroups >= 2 ? 2 : 1;
  const sideM = subgroups >= 4 ? 2 : 1;
  const [tileRows, tileCols] = [sideM * down * M, sideN * across * N];
  const bk = Math.ceil(asked / K) * K;
  const upTo = (length: number, step: number): number => Math.ceil(length / step) * step;
  return {
    config,
    sideM,
    sideN,
    tileRows,
    tileCols,
    bk,
    rows: upTo(m, tileRows),
    cols: upTo(n, tileCols),
    depth: upTo(k, bk),
  };
}

type Step = Readonly<Record<string, Constant>>;

function elementwise(
  label: string,
  source: string,
  count: number,
  constants: Step,
  bindings: string[],
  caps: DeviceCaps,
) {
  const grid = foldGrid(Math.ceil(count / 256), caps);
  const shader = { label, source, enables: ['f16'], constants: { ...constants, ...grid.constants } };
  return { shader, bindings, workgroups: grid.workgroups } satisfies DispatchPlan;
}

/** The operand as whole tiles: itself, or a copy with zeros around it. */
function padded(name: string, [height, width]: [number, number], [rows, cols]: [number, number], caps: DeviceCaps) {
  if (height === rows && width === cols) return { name, buffers: [], steps: [] };
  const copy = `${name}-padded`;
  const constants = { ROWS: height, COLS: width, PADDED_ROWS: rows, PADDED_COLS: cols };
  const source = `${elementsF16}\n${padSource}`;
  return {
    name: copy,
    buffers: [{ name: copy, role: 'scratch', bytes: 2 * rows * cols } satisfies BufferPlan],
    steps: [elementwise(`matmul/matrix pad ${name}`, source, rows * cols, constants, [copy, name], caps)],
  };
}

function productOf(matrix: Matrix, layout: Layout, [c, a, b]: readonly [string, string, string], caps: DeviceCaps) {
  const { m, n, k, down, across, staged } = matrix;
  const { config, sideM, sideN, tileRows, tileCols, bk, rows, cols, depth } = layout;
  const { M, N, K, resultComponentType: sum } = config;
  const { groups, constants } = tilesOf({ m: rows, n: cols, k: depth }, tileRows, tileCols);
  const grid = foldGrid(groups, caps);
  const counts = { DOWN: down, ACROSS: across, STAGED: staged, DIRECT: 1 - staged };
  const source = [
    elementsF16,
    `alias Sum = ${sum};`,
    units,
    staged === 1 ? slice : right,
    tileOrder,
    unroll(matrixSource, counts),
  ].join('\n');
  return {
    shader: {
      label: `matmul/matrix ${M}x${N}x${K} ${sum} m=${m} n=${n} k=${k} staged=${staged}`,
      source,
      enables: MATRIX_ENABLES,
      constants: {
        ...constants,
        ...grid.constants,
        ...{ MM: M, MN: N, MK: K, DOWN: down, ACROSS: across, SIDE_M: sideM, SIDE_N: sideN, BK: bk },
        ...{ TILE_ROWS: tileRows, TILE_COLS: tileCols, STRIDE: tileCols + ROW_PAD },
        ...{ PADDED_K: depth, PADDED_N: cols, THREADS: sideM * sideN * caps.subgroupMaxSize },
      },
    },
    bindings: [c, a, b],
    workgroups: grid.workgroups,
  } satisfies DispatchPlan;
}

/**
 * The units' accuracy is theirs to choose. f32 sums of exact products: NVIDIA's cut bits below the largest term, so a thousandth
 * of the f32 bound is asked; f16 sums err by about u²·length/6 of an f16's u, and may err four times that.
 */
function toleranceOf(sum: string, length: number): Tolerance {
  if (sum === 'f32') return { nmse: Math.max(1e-9, (4000 * F32_ROUNDOFF ** 2 * length) / 6) };
  return { nmse: Math.max(1e-5, (4 * 2 ** -22 * length) / 6) };
}

function planMatrix(matrix: Matrix, caps: DeviceCaps): KernelPlan {
  const { m, n, k } = matrix;
  const layout = layoutOf(matrix, caps);
  const { rows, cols, depth } = layout;
  const sum = layout.config.resultComponentType;
  const a = padded('a', [m, k], [rows, depth], caps);
  const b = padded('b', [k, n], [depth, cols], caps);
  const whole = rows === m && cols === n && sum === 'f32';
  const cropped: DispatchPlan[] = [];
  if (!whole) {
    const source = `// C from sums in ${sum}.\nalias Sum = ${sum};\n${cropSource}`;
    const constants = { M: m, N: n, PADDED_COLS: cols };
    cropped.push(elementwise('matmul/matrix crop c', source, m * n, constants, ['c', 'c-padded'], caps));
  }
  const held = buffersOf(matrix);
  const scratch: BufferPlan = { name: 'c-padded', role: 'scratch', bytes: (sum === 'f32' ? 4 : 2) * rows * cols };
  return {
    buffers: [...held, ...a.buffers, ...b.buffers, ...(whole ? [] : [scratch])],
    dispatches: [
      ...a.steps,
      ...b.steps,
      productOf(matrix, layout, [whole ? 'c' : 'c-padded', a.name, b.name], caps),
      ...cropped,
    ],
    checks: [{ ...checkOf(matrix), tolerance: toleranceOf(sum, k) }],
    flops: 2 * m * n * k,
    arithmetic: 'matrix-f16',
    bytes: heldBytes(held),
  };
}

const variant = defineVariant({
  name: 'matrix',
  idea: 'tiles of C on the matrix units (Dawn’s draft feature)',
  read: readMatrix,
  needs: (matrix, caps) => {
    const { sideM, sideN, tileCols, bk } = layoutOf(matrix, caps);
    return {
      invocations: sideM * sideN * caps.subgroupMaxSize,
      workgroupBytes: matrix.staged * 2 * bk * (tileCols + ROW_PAD),
      features: MATRIX_FEATURES,
      languages: ['subgroup_id'],
    };
  },
  plan: planMatrix,
  tuning: (): Params[] => [
    { staged: 0 },
    { bk: 16 },
    { bk: 64 },
    { down: 2, across: 2 },
    { down: 2, across: 2, staged: 0 },
    { down: 2, across: 4 },
    { down: 4, across: 2 },
    { down: 8, across: 4, staged: 0 },
  ],
});

export const matrix: KernelVariant = {
  ...variant,
  illegal: (params, caps) =>
    variant.illegal(params, caps) ??
    (matrixConfig(caps) ? null : 'needs matrix units that multiply f16, which this device does not list'),
};
