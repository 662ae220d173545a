// From a matmul problem and a joined shader to a plan of one dispatch, or of two where K is split. Knows no tile.
import { foldGrid } from '../common/grid.ts';
import type { Constant, DeviceCaps, KernelPlan } from '../family.ts';
import type { Joined } from './operands.ts';
import { buffersOf, checkOf, heldBytes, type Problem, type Shape } from './problem.ts';
import sumSlices from './sum-slices.wgsl?raw';
import tileOrder from './tile-order.wgsl?raw';

/** Workgroups a shader is launched with, and the constants it needs besides the shape and the grid. */
export interface Geometry {
  readonly groups: number;
  readonly constants?: Readonly<Record<string, Constant>>;
}

/** One workgroup per tile of `rows` × `cols` elements of C. */
export function tilesOf({ m, n }: Shape, rows: number, cols: number): Geometry {
  const [tilesM, tilesN] = [Math.ceil(m / rows), Math.ceil(n / cols)];
  return { groups: tilesM * tilesN, constants: { TILES_M: tilesM, TILES_N: tilesN } };
}

export { tileOrder };

/** The plan of a kernel that writes C itself. */
export function planProduct(
  problem: Problem,
  label: string,
  joined: Joined,
  geometry: Geometry,
  caps: DeviceCaps,
): KernelPlan {
  const { m, n, k, type } = problem;
  const buffers = buffersOf(problem);
  const grid = foldGrid(geometry.groups, caps);
  const shader = {
    label: `matmul/${label} m=${m} n=${n} k=${k} ${type}`,
    source: joined.source,
    enables: joined.enables,
    constants: { M: m, N: n, K: k, ...geometry.constants, ...grid.constants },
  };
  return {
    buffers,
    dispatches: [{ shader, bindings: joined.bindings, workgroups: grid.workgroups }],
    checks: [checkOf(problem)],
    flops: 2 * m * n * k,
    bytes: heldBytes(buffers),
  };
}

/** The same for a kernel that writes `splits` partial products: into scratch, and a second dispatch adds them. */
export function splitProduct(plan: KernelPlan, { m, n }: Shape, splits: number, caps: DeviceCaps): KernelPlan {
  const first = plan.dispatches[0]!;
  const grid = foldGrid(Math.ceil((m * n) / 256), caps);
  const shader = {
    label: `${first.shader.label} sum of ${splits}`,
    source: sumSlices,
    constants: { ELEMENTS: m * n, SPLITS: splits, ...grid.constants },
  };
  return {
    ...plan,
    buffers: [...plan.buffers, { name: 'partial', role: 'scratch', bytes: 4 * m * n * splits }],
    dispatches: [
      { ...first, bindings: first.bindings.map((name) => (name === 'c' ? 'partial' : name)) },
      { shader, bindings: ['c', 'partial'], workgroups: grid.workgroups },
    ],
  };
}
