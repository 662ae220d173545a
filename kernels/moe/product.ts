// Plans of y[slot] = W[expert of the slot]·x, a slot being one token's choice of one expert. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import { quantisedBytes } from '../../src/core/quantised.ts';
import { stored } from '../common/cells.ts';
import { uniformSigned } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { choice, optional, type ParamSpec, readParams, requireAddressable, size } from '../common/params.ts';
import { quantFill, scaleFill } from '../common/quantised-fill.ts';
import { dotTolerance } from '../common/tolerance.ts';
import { unroll } from '../common/unroll.ts';
import { CHUNK, isQuantised, MATRIX_TYPES, type MatrixType, WEIGHTS } from '../common/weights.ts';
import type { BufferPlan, Constant, DeviceCaps, DispatchPlan, KernelPlan } from '../family.ts';
import bucket from './bucket.wgsl?raw';
import gather from './gather.wgsl?raw';
import grouped from './grouped.wgsl?raw';
import naive from './naive.wgsl?raw';
import { drawExperts, weightReader } from './reference.ts';
import xVectors from './x-vectors.wgsl?raw';

const MAX_EXPERTS = 1024;
const TILE = 32;

export interface ProductShape {
  readonly tokens: number;
  readonly experts: number;
  readonly top: number;
  /** Outputs and inputs of an expert. */
  readonly n: number;
  readonly k: number;
  readonly type: MatrixType;
  /** Whether x has a row for each token or for each slot. */
  readonly input: 'token' | 'slot';
  readonly team: number;
  readonly threads: number;
}

const TYPES = choice(...MATRIX_TYPES);
const SHAPE = {
  tokens: size(2 ** 20),
  experts: size(MAX_EXPERTS),
  top: size(64),
  n: size(2 ** 20, 4),
  k: size(2 ** 20, 32),
  type: TYPES,
  input: optional(choice('token', 'slot'), 'token'),
};
/** Threads that share four rows, and of a workgroup. */
export const gatherTunables = {
  team: optional<ParamSpec & { kind: 'integer' }>(size(64), 16),
  threads: optional<ParamSpec & { kind: 'integer' }>(size(256), 64),
};

export function readProduct(params: Params): ProductShape {
  return checkedProduct({ ...readParams('moe', params, SHAPE), team: 1, threads: 64 });
}
export function readGather(params: Params): ProductShape {
  return checkedProduct(readParams('moe', params, { ...SHAPE, ...gatherTunables }));
}

function checkedProduct(shape: Omit<ProductShape, 'type' | 'input'> & { type: string; input: string }): ProductShape {
  const { tokens, experts, top, n, k } = shape;
  if (top > experts) throw new UserError(`moe: top=${top} must be at most experts=${experts}`);
  requireAddressable('moe', { experts, n, k });
  requireAddressable('moe', { tokens, top, 'the larger of n and k': Math.max(n, k) });
  return shape as ProductShape;
}

function weightBuffers({ experts, n, k, type }: ProductShape, distinct: number): BufferPlan[] {
  const rows = experts * n;
  const read = (bytes: number) => ({ bytes, readBytes: (bytes / experts) * distinct, rotates: true });
  if (type === 'f32') return [{ name: 'weights', role: 'input', ...read(4 * rows * k), fill: uniformSigned(rows * k) }];
  if (type === 'f16') {
    const fill = stored('f16', uniformSigned(rows * k));
    return [{ name: 'weights', role: 'input', ...read(2 * rows * k), fill }];
  }
  const bytes = quantisedBytes(type, rows, k);
  return [
    { name: 'weights', role: 'input', ...read(bytes.quants), fill: quantFill(type, rows, k) },
    { name: 'scales', role: 'input', ...read(bytes.scales), fill: scaleFill(type, rows, k) },
  ];
}

function weightSource(type: MatrixType): string {
  return [xVectors, WEIGHTS[type]].join('\n');
}

/** Constants and bindings that every product's shader begins with. */
function common(shape: ProductShape) {
  const { tokens, experts, top, n, k, type, input } = shape;
  const weights = isQuantised(type) ? ['weights', 'scales'] : ['weights'];
  const constants: Record<string, Constant> = {
    ...{ AFTER: weights.length, SLOTS: tokens * top, SHARED: input === 'token' ? top : 1 },
    ...{ OUTPUTS: n, EXPERTS: experts, VECTORS: k / 4, CHUNKS: k / CHUNK[type] },
  };
  return { weights, constants };
}

function plan(shape: ProductShape, dispatches: DispatchPlan[], scratch: BufferPlan[]): KernelPlan {
  const { tokens, experts, top, n, k, type, input } = shape;
  const slots = tokens * top;
  const chosen = drawExperts(tokens, experts, top);
  const weights = weightBuffers(shape, new Set(chosen).size);
  const rows = input === 'token' ? tokens : slots;
  const buffers: BufferPlan[] = [
    ...weights,
    { name: 'x', role: 'input', bytes: 4 * rows * k, fill: uniformSigned(rows * k) },
    { name: 'experts', role: 'input', bytes: 4 * slots, fill: () => chosen },
    ...scratch,
    { name: 'y', role: 'output', bytes: 4 * slots * n },
  ];
  const tolerance = dotTolerance(k);
  return {
    buffers,
    dispatches,
    checks: [
      {
        buffer: 'y',
        length: slots * n,
        reference: (inputs, indices) => {
          const weightAt = weightReader(type, experts * n, k, inputs);
          return Float64Array.from(indices, (index) => {
            const slot = Math.floor(index / n);
            const row = inputs.experts![slot]! * n + (index % n);
            const first = (input === 'token' ? Math.floor(slot / top) : slot) * k;
            let sum = 0;
            for (let i = 0; i < k; i++) sum += weightAt(row, i) * inputs.x![first + i]!;
            return sum;
          });
        },
        flopsPerElement: (type === 'f32' ? 2 : 20) * k,
        tolerance: type === 'f32' ? tolerance : { ...tolerance, nmse: Math.max(1e-10, tolerance.nmse) },
      },
    ],
    flops: 2 * slots * n * k,
    bytes: buffers.reduce(
      (sum, { role, bytes, readBytes }) => sum + (role === 'scratch' ? 0 : (readBytes ?? bytes)),
      0,
    ),
  };
}

const labelOf = (variant: string, { tokens, experts, top, n, k, type }: ProductShape): string =>
  `moe/${variant} tokens=${tokens} experts=${experts} top=${top} n=${n} k=${k} type=${type}`;

export function naivePlan(shape: ProductShape, caps: DeviceCaps): KernelPlan {
  const { weights, constants } = common(shape);
  const grid = foldGrid(Math.ceil((shape.tokens * shape.top * shape.n) / 64), caps);
  const shader = {
    label: labelOf('naive', shape),
    source: `${weightSource(shape.type)}\n${naive}`,
    constants: { ...constants, ...grid.constants },
  };
  return plan(shape, [{ shader, bindings: [...weights, 'x', 'experts', 'y'], workgroups: grid.workgroups }], []);
}

export function gatherPlan(shape: ProductShape, caps: DeviceCaps): KernelPlan {
  const { tokens, top, n, type, team, threads } = shape;
  const { weights, constants } = common(shape);
  const grid = foldGrid(Math.ceil((tokens * top * n) / 4 / (threads / team)), caps);
  const shader = {
    label: labelOf('gather', shape),
    source: unroll(`${weightSource(type)}\n${gather}`, { TEAMED: team > 1 ? 1 : 0 }),
    constants: { ...constants, TEAM: team, THREADS: threads, ...grid.constants },
  };
  return plan(shape, [{ shader, bindings: [...weights, 'x', 'experts', 'y'], workgroups: grid.workgroups }], []);
}

export function groupedPlan(shape: ProductShape, caps: DeviceCaps): KernelPlan {
  const { tokens, experts, top, n, type } = shape;
  const { weights, constants } = common(shape);
  const slots = tokens * top;
  // Each expert that has slots leaves at most one tile unfilled.
  const tiles = Math.floor(slots / TILE) + Math.min(experts, slots);
  const once = foldGrid(1, caps);
  const grid = foldGrid(tiles * Math.ceil(n / 64), caps);
  const label = labelOf('grouped', shape);
  const sorting = {
    label: `${label} bucket`,
    source: bucket,
    constants: { ...constants, TILE, TILES: tiles, THREADS: 256, ...once.constants },
  };
  const products = {
    label,
    source: unroll(`${weightSource(type)}\n${grouped}`, {}),
    constants: { ...constants, TILES: tiles, ...grid.constants },
  };
  return plan(
    shape,
    [
      { shader: sorting, bindings: ['experts', 'order', 'tiles'], workgroups: once.workgroups },
      { shader: products, bindings: [...weights, 'x', 'order', 'tiles', 'y'], workgroups: grid.workgroups },
    ],
    [
      { name: 'order', role: 'scratch', bytes: 4 * slots },
      { name: 'tiles', role: 'scratch', bytes: 16 * tiles },
    ],
  );
}
