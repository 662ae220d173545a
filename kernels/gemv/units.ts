// The gemv variant the decoder engine is made of: units of threads that share rows of W and never wait for each other.
import type { Params } from '../../src/core/case-id.ts';
import { foldGrid } from '../common/grid.ts';
import { sumOver } from '../common/lanes.ts';
import { optional, size } from '../common/params.ts';
import { unroll } from '../common/unroll.ts';
import { defineVariant, type Needs } from '../common/variant.ts';
import { chunksPerRow, isQuantised, paddedRow, WEIGHTS } from '../common/weights.ts';
import type { DeviceCaps, KernelPlan, KernelVariant } from '../family.ts';
import { type Problem, problemOf, readProblem } from './problem.ts';
import product from './product.wgsl?raw';
import unitInput from './unit-input.wgsl?raw';
import unitOutput from './unit-output.wgsl?raw';

interface Units extends Problem {
  /** Threads of a unit; 0: as many as the smallest subgroup has, at most 32, or 16 without subgroups. */
  readonly lanes: number;
  readonly threads: number;
  /** Rows of W a unit takes. */
  readonly rows: number;
}

function readUnits(params: Params): Units {
  return readProblem(params, {
    lanes: optional({ kind: 'integer', min: 0, max: 64 }, 0),
    threads: optional(size(256), 128),
    rows: optional(size(8, 4), 4),
  });
}

function lanesOf({ lanes }: Units, caps: DeviceCaps): number {
  if (lanes > 0) return lanes;
  return caps.features.has('subgroups') ? Math.min(32, caps.subgroupMinSize) : 16;
}

/** A unit lies within a subgroup, or adds up in workgroup memory. */
function faultOf({ lanes, threads }: Units): string | null {
  if (lanes > 0 && (lanes & (lanes - 1)) !== 0) return `lanes=${lanes} must be a power of two`;
  if (threads % Math.max(1, lanes) !== 0) return `threads=${threads} must be a multiple of lanes=${lanes}`;
  return null;
}

function needsOf(units: Units, caps: DeviceCaps): Needs {
  const lanes = lanesOf(units, caps);
  const [withSubgroups, fits] = [caps.features.has('subgroups'), lanes <= caps.subgroupMinSize];
  const base = { invocations: units.threads };
  if (lanes === 1) return base;
  if (!withSubgroups) return { ...base, workgroupBytes: 16 * units.threads };
  // Without the feature name below, a unit wider than a subgroup would silently add up too little.
  return fits ? base : { ...base, features: [`subgroups of at least ${lanes}`] };
}

function plan(units: Units, caps: DeviceCaps): KernelPlan {
  const { m, n, k, type, threads, rows } = units;
  const lanes = lanesOf(units, caps);
  const { subgroupMinSize, subgroupMaxSize } = caps;
  const sum = sumOver(lanes, {
    subgroups: caps.features.has('subgroups'),
    fixedSubgroup: subgroupMinSize === subgroupMaxSize ? subgroupMinSize : 0,
  });
  const counts = { FOURS: rows / 4, COLUMNS: m };
  const grid = foldGrid(Math.ceil((Math.ceil(n / rows) * lanes) / threads), caps);
  const weights = isQuantised(type) ? ['w', 'scales'] : ['w'];
  return {
    ...problemOf(units, 'chunks'),
    dispatches: [
      {
        shader: {
          label: `gemv/units m=${m} n=${n} k=${k} ${type}`,
          source: [unitInput, WEIGHTS[type], sum.source, unitOutput, unroll(product, counts)].join('\n'),
          constants: {
            ...{ ...counts, LANES: lanes, THREADS: threads, CHUNKS: chunksPerRow(type, k) },
            ...{ AFTER: weights.length, ...grid.constants },
            ...{ X_VECTORS: paddedRow(k) / 4, OUTPUTS: n, HIDDEN: '1.0f', EPSILON: '0.0f' },
          },
          enables: sum.enables,
        },
        bindings: [...weights, 'x', 'y'],
        workgroups: grid.workgroups,
      },
    ],
  };
}

export const units: KernelVariant = defineVariant({
  name: 'units',
  idea: 'a few lanes share four or eight rows in 16-byte loads and add up without a barrier',
  read: readUnits,
  fault: faultOf,
  needs: needsOf,
  plan,
  tuning: (_, caps) => {
    const widths = [1, 4, 8, 16, 32].filter((lanes) => lanes === 1 || lanes <= caps.subgroupMinSize);
    return [
      ...widths.flatMap((lanes) => [4, 8].map((rows): Params => ({ lanes, rows }))),
      ...[32, 64, 256].map((threads): Params => ({ threads })),
    ];
  },
});
