// Plans of what stands around the products: choosing each token's experts, and joining what they answer. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import entry from '../common/entry.wgsl?raw';
import { filler, normal } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import ranks from '../common/order.wgsl?raw';
import { choice, readParams, requireAddressable, size } from '../common/params.ts';
import reduce from '../common/reduce.wgsl?raw';
import type { DeviceCaps, KernelPlan } from '../family.ts';
import combine from './combine.wgsl?raw';
import { type Gate, gateWeights, rankExperts } from './reference.ts';
import route from './route.wgsl?raw';

const GATES: Readonly<Record<Gate, number>> = { softmax: 0, top: 1, sigmoid: 2 };

export interface RouteShape {
  readonly tokens: number;
  readonly experts: number;
  readonly top: number;
  readonly gate: Gate;
}

export function readRoute(params: Params): RouteShape {
  const gate = choice(...Object.keys(GATES));
  const shape = readParams('moe', params, { tokens: size(2 ** 20), experts: size(1024), top: size(64), gate });
  if (shape.top > shape.experts) throw new UserError(`moe: top=${shape.top} must be at most experts=${shape.experts}`);
  return shape as RouteShape;
}

/** flops: a comparison of each two experts is not counted; one exponential and one addition an expert are. */
export function routePlan({ tokens, experts, top, gate }: RouteShape, caps: DeviceCaps): KernelPlan {
  const threads = 64;
  const grid = foldGrid(tokens, caps);
  const shader = {
    label: `moe/route tokens=${tokens} experts=${experts} top=${top} gate=${gate}`,
    source: [ranks, reduce, route].join('\n'),
    constants: { TOKENS: tokens, EXPERTS: experts, TOP: top, GATE: GATES[gate], THREADS: threads, ...grid.constants },
  };
  const ofToken = (logits: ArrayLike<number>, token: number): number[] =>
    Array.from({ length: experts }, (_, i) => logits[token * experts + i]!);
  const chosen = { length: tokens * top, flopsPerElement: 20 * experts, rowLength: top };
  return {
    buffers: [
      // Quarters, so that equal logits are common.
      {
        name: 'logits',
        role: 'input',
        bytes: 4 * tokens * experts,
        fill: filler(tokens * experts, (rng) => Math.round(8 * rng.normal()) / 4),
      },
      { name: 'experts', role: 'output', bytes: 4 * tokens * top },
      { name: 'weights', role: 'output', bytes: 4 * tokens * top },
    ],
    dispatches: [{ shader, bindings: ['logits', 'experts', 'weights'], workgroups: grid.workgroups }],
    checks: [
      {
        ...chosen,
        buffer: 'experts',
        format: 'u32',
        reference: ({ logits }, indices) =>
          Float64Array.from(indices, (i) => rankExperts(ofToken(logits!, Math.floor(i / top)), top)[i % top]!),
        tolerance: { nmse: 0, absolute: 0 },
      },
      {
        ...chosen,
        buffer: 'weights',
        reference: ({ logits }, indices) =>
          Float64Array.from(indices, (i) => {
            const row = ofToken(logits!, Math.floor(i / top));
            return gateWeights(row, rankExperts(row, top), gate)[i % top]!;
          }),
        tolerance: { nmse: 1e-12 },
      },
    ],
    flops: 2 * tokens * experts,
    bytes: 4 * tokens * (experts + 2 * top),
  };
}

export interface CombineShape {
  readonly tokens: number;
  readonly top: number;
  readonly n: number;
}

export function readCombine(params: Params): CombineShape {
  const shape = readParams('moe', params, { tokens: size(2 ** 20), top: size(64), n: size(2 ** 20, 4) });
  requireAddressable('moe', { tokens: shape.tokens, top: shape.top, n: shape.n });
  return shape;
}

export function combinePlan({ tokens, top, n }: CombineShape, caps: DeviceCaps): KernelPlan {
  const threads = 256;
  const count = (tokens * n) / 4;
  const grid = foldGrid(Math.ceil(count / threads), caps);
  const shader = {
    label: `moe/combine tokens=${tokens} top=${top} n=${n}`,
    source: `${entry}\n${combine}`,
    constants: { TOP: top, VECTORS: n / 4, COUNT: count, THREADS: threads, ...grid.constants },
  };
  return {
    buffers: [
      { name: 'x', role: 'input', bytes: 4 * tokens * top * n, fill: normal(tokens * top * n) },
      { name: 'weights', role: 'input', bytes: 4 * tokens * top, fill: normal(tokens * top) },
      { name: 'y', role: 'output', bytes: 4 * tokens * n },
    ],
    dispatches: [{ shader, bindings: ['x', 'weights', 'y'], workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length: tokens * n,
        reference: ({ x, weights }, indices) =>
          Float64Array.from(indices, (index) => {
            const token = Math.floor(index / n);
            let sum = 0;
            for (let i = 0; i < top; i++) sum += weights![token * top + i]! * x![(token * top + i) * n + (index % n)]!;
            return sum;
          }),
        flopsPerElement: 4 * top,
        tolerance: { nmse: 1e-12 },
      },
    ],
    flops: 2 * tokens * top * n,
    bytes: 4 * tokens * (top * n + top + n),
  };
}
