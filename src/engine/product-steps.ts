// A product of activations with a weight matrix as a dispatch: a few rows at a time straight from memory, or many rows in tiles.

import { foldGrid } from '../../kernels/common/grid.ts';
import { sumOver } from '../../kernels/common/lanes.ts';
import { unroll } from '../../kernels/common/unroll.ts';
import { paddedRow, WEIGHTS } from '../../kernels/common/weights.ts';
import type { Constant } from '../../kernels/family.ts';
import product from '../../kernels/gemv/product.wgsl?raw';
import broadcast from '../../kernels/matmul/broadcast.wgsl?raw';
import direct from '../../kernels/matmul/direct.wgsl?raw';
import register from '../../kernels/matmul/register.wgsl?raw';
import { type Matrix, matrixBindings } from './matrix.ts';
import type { PlanContext } from './plan-context.ts';
import activate from './shaders/activate.wgsl?raw';
import biasAdded from './shaders/bias-added.wgsl?raw';
import biasNone from './shaders/bias-none.wgsl?raw';
import inputNormed from './shaders/input-normed.wgsl?raw';
import inputPlain from './shaders/input-plain.wgsl?raw';
import norm from './shaders/norm.wgsl?raw';
import outputAdded from './shaders/output-added.wgsl?raw';
import outputGated from './shaders/output-gated.wgsl?raw';
import outputPlain from './shaders/output-plain.wgsl?raw';
import stateSource from './shaders/state.wgsl?raw';
import tileOperands from './shaders/tile-operands.wgsl?raw';
import type { StepSpec } from './step.ts';

export interface ProductParts {
  readonly name: string;
  readonly matrix: Matrix;
  /** Rows of activations, as long as W's, padded with zeros to whole blocks. */
  readonly input: GPUBuffer;
  /** Gains of an RMSNorm over the input. */
  readonly gain: GPUBuffer | null;
  readonly bias: GPUBuffer | null;
  readonly output: {
    readonly kind: 'plain' | 'added' | 'gated';
    readonly buffer: GPUBuffer;
    /** Numbers from one row of the output to the next. */
    readonly stride: number;
  };
}

const OUTPUTS = { plain: outputPlain, added: outputAdded, gated: `${activate}\n${outputGated}` } as const;
/** Rows of activations from which a tiled product is used. */
const TILED_FROM = 17;

/** The steps of a product for up to `mostRows` rows of activations. */
export function productSteps(context: PlanContext, parts: ProductParts, mostRows: number): StepSpec[] {
  if (mostRows < TILED_FROM) return [fewRows(context, parts, mostRows)];
  if (!parts.gain) return [tiled(context, parts)];
  const { normed } = context.work;
  return [normStep(context, parts, parts.gain), tiled(context, { ...parts, input: normed, gain: null })];
}

function fewRows(context: PlanContext, parts: ProductParts, mostRows: number): StepSpec {
  const { caps, config, form } = context;
  const { name, matrix, input, gain, output } = parts;
  const reduce = sumOver(form.lanes, form);
  const columns = [1, 2, 4, 8].find((count) => count >= mostRows) ?? 8;
  const counts = { FOURS: columns > 1 ? 1 : form.fours, COLUMNS: columns };
  const constants = {
    ...outputConstants(context, parts),
    ...counts,
    LANES: form.lanes,
    THREADS: form.threads,
    CHUNKS: matrix.chunks,
    X_VECTORS: paddedRow(matrix.k) / 4,
    HIDDEN: `${matrix.k}.0f`,
    EPSILON: `${config.rmsEpsilon}f`,
  };
  const source = [gain ? inputNormed : inputPlain, ...operands(parts), reduce.source, unroll(product, counts)];
  const units = Math.ceil(foursOf(parts) / counts.FOURS);
  const [x, y] = foldGrid(Math.ceil((units * form.lanes) / form.threads), caps).workgroups;
  return {
    name,
    shader: {
      label: `engine/${gain ? 'normed ' : ''}product ${output.kind} ${shapeOf(matrix)}`,
      source: source.join('\n'),
      constants,
      enables: reduce.enables,
    },
    bindings: { ...bindingsOf(parts), 2: input, ...(gain ? { 3: gain } : null) } as Record<number, GPUBuffer>,
    workgroups: ({ rows }) => [x, y, Math.ceil(rows / columns)],
  };
}

function normStep({ config, form, work }: PlanContext, { name, input }: ProductParts, gain: GPUBuffer): StepSpec {
  const reduce = sumOver(form.lanes, form);
  const constants = {
    LANES: form.lanes,
    THREADS: form.threads,
    X_VECTORS: work.hiddenStride / 4,
    VECTORS: Math.ceil(config.hidden / 4),
    HIDDEN: `${config.hidden}.0f`,
    EPSILON: `${config.rmsEpsilon}f`,
    MAX_ROWS: work.maxRows,
  };
  const units = form.threads / form.lanes;
  return {
    name: `${name} norm`,
    shader: { label: 'engine/norm', source: `${reduce.source}\n${norm}`, constants, enables: reduce.enables },
    bindings: { 2: input, 3: gain, 5: work.normed },
    workgroups: ({ rows }) => [Math.ceil(rows / units), 1, 1],
  };
}

interface Tile {
  readonly source: string;
  readonly enables: readonly string[];
  /** Elements a workgroup computes. */
  readonly rows: number;
  readonly cols: number;
  readonly constants: Readonly<Record<string, Constant>>;
}

function tiled(context: PlanContext, parts: ProductParts): StepSpec {
  const { work } = context;
  const { name, matrix, input, output } = parts;
  const tile = tileFor(context);
  const columns = 4 * foursOf(parts);
  const tilesN = Math.ceil(columns / tile.cols);
  const constants = {
    ...outputConstants(context, parts),
    ...tile.constants,
    K: 4 * Math.ceil(matrix.k / 4),
    N: columns,
    M: work.maxRows,
    CHUNKS: matrix.chunks,
    X_VECTORS: paddedRow(matrix.k) / 4,
    TILES_N: tilesN,
    GRID_X: 0,
    GROUPS: tilesN * Math.ceil(work.maxRows / tile.rows),
    OF_PROMPT: 'true',
  };
  const source = [stateSource, inputPlain, ...operands(parts), tileOperands, tile.source];
  return {
    name,
    shader: {
      label: `engine/tiled product ${output.kind} ${shapeOf(matrix)}`,
      source: source.join('\n'),
      constants,
      enables: tile.enables,
    },
    bindings: { ...bindingsOf(parts), 2: input, 6: work.state },
    workgroups: ({ rows }) => [tilesN * Math.ceil(rows / tile.rows), 1, 1],
  };
}

/** Workgroup memory feeds a GPU's tiles; a CPU rasteriser pays for every barrier, and loads x once a subgroup instead. */
function tileFor({ caps, form, work }: PlanContext): Tile {
  if (form.tiles === 'memory') {
    const edge = work.maxRows > 32 ? 8 : 4;
    const [wx, wy] = [8, 8];
    const counts = { ROW_FOURS: edge / 4, COL_FOURS: edge / 4 };
    const depth = 16;
    const loads = ((depth / 4) * 2 * (edge / 4) * 8) / (wx * wy);
    return {
      source: unroll(register, { ...counts, LOADS: loads, SINGLE: 1, DOUBLE: 0 }),
      enables: [],
      rows: edge * wy,
      cols: edge * wx,
      constants: { ...counts, WX: wx, WY: wy, BK: depth, LOADS: loads, STAGES: 1, PAD: 0, SPLITS: 1, DEPTH: 2 ** 30 },
    };
  }
  if (form.tiles === 'broadcast') {
    const share = Math.min(4, caps.subgroupMinSize);
    const counts = { LOADS: 8 / share, SHARE: share, FOURS: 2 };
    const [wx, wy] = [caps.subgroupMaxSize, Math.max(1, 8 / caps.subgroupMaxSize)];
    return {
      source: unroll(broadcast, counts),
      enables: ['subgroups'],
      rows: 8 * wy,
      cols: 8 * wx,
      constants: { ...counts, WX: wx, WY: wy },
    };
  }
  const counts = { ROWS: 8, FOURS: 2 };
  return {
    source: unroll(direct, counts),
    enables: [],
    rows: 16,
    cols: 64,
    constants: { ...counts, WX: 8, WY: 2 },
  };
}

function outputConstants({ config }: PlanContext, { matrix, output }: ProductParts) {
  return {
    OUTPUTS: matrix.rows,
    WIDTH: Math.floor(matrix.rows / 2),
    OUT_STRIDE: output.stride,
    CLAMPED: `${config.activation === 'clamped-swiglu'}`,
  };
}

function operands({ matrix, bias, output }: ProductParts): string[] {
  return [WEIGHTS[matrix.type], bias ? biasAdded : biasNone, OUTPUTS[output.kind]];
}

function bindingsOf({ matrix, bias, output }: ProductParts): Record<number, GPUBuffer> {
  const bindings: Record<number, GPUBuffer> = { ...matrixBindings(matrix), 5: output.buffer };
  if (bias) bindings[4] = bias;
  return bindings;
}

/** Groups of four rows of W that share a store: two of gate and two of up in a gated product. */
function foursOf({ matrix, output }: ProductParts): number {
  return output.kind === 'gated' ? Math.ceil(matrix.rows / 2 / 2) : Math.ceil(matrix.rows / 4);
}

function shapeOf({ type, rows, k }: Matrix): string {
  return `${type} ${rows}×${k}`;
}
