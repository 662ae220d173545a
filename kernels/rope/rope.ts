// The family `rope`: rotary position embedding (Su et al., arXiv 2104.09864). Pair i of the first `rotary` columns of a
// head is turned at position p by p·theta^(−2i/rotary); pairing `halves` is Llama's in Hugging Face's transformers,
// (x[i], x[i + rotary/2]), `interleaved` the paper's and GPT-J's, (x[2i], x[2i + 1]). Layout `heads` is
// [batch][head][position][dim], `positions` [batch][position][head][dim]. The angles' cosines and sines come as tables of
// `table` rows, rounded from f64, as engines keep them, and a list says which row each position takes: WGSL's own cos
// and sin are only good to 2⁻¹¹ and only within [−π, π]. x and y f32 or f16, arithmetic f32.
// flops = 3·batch·heads·seq·rotary (4 multiplications and 2 additions a pair); bytes: x, y, tables and list once. Knows no
// GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import { cellAccess, numbersIn, type Storage, storageParam, stored, storedBytes } from '../common/cells.ts';
import entry from '../common/entry.wgsl?raw';
import { normal } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import { choice, optional, type ParamSpec, readParams, requireAddressable, size } from '../common/params.ts';
import { defineVariant } from '../common/variant.ts';
import type { DeviceCaps, KernelFamily, KernelPlan, ShaderPlan } from '../family.ts';
import naive from './naive.wgsl?raw';
import { angleTable, type RopeShape, referenceRope } from './reference.ts';
import vec4 from './vec4.wgsl?raw';

const MAX_DIM = 1024;

interface Shape extends RopeShape {
  readonly theta: number;
  readonly type: Storage;
  readonly threads: number;
}

/** `rotary` and `table` of 0 stand for all of dim and for seq rows. */
const orZero = optional<ParamSpec & { kind: 'integer' }>({ kind: 'integer', min: 0, max: 2 ** 30 }, 0);

function reader(step: 2 | 8, more: { type?: typeof storageParam; threads?: ParamSpec & { kind: 'integer' } }) {
  return (params: Params): Shape => {
    const read = readParams('rope', params, {
      seq: size(),
      heads: size(),
      dim: size(MAX_DIM, step === 8 ? 4 : 2),
      theta: { kind: 'number', min: 1, max: 1e9 },
      batch: optional(size(), 1),
      rotary: orZero,
      pairs: optional(choice('halves', 'interleaved'), 'halves'),
      layout: optional(choice('heads', 'positions'), 'heads'),
      table: orZero,
      ...more,
    });
    const rotary = read.rotary || read.dim;
    if (rotary > read.dim || rotary % step !== 0) {
      const which = read.rotary === 0 ? 'dim' : 'rotary';
      throw new UserError(`rope: ${which}=${rotary} must be a multiple of ${step}, and rotary at most dim=${read.dim}`);
    }
    requireAddressable('rope', { batch: read.batch, heads: read.heads, seq: read.seq, dim: read.dim });
    const { type = 'f32', threads = 256 } = read as { type?: Storage; threads?: number };
    return { ...read, rotary, table: read.table || read.seq, type, threads } as Shape;
  };
}

type Launch = { readonly items: number } & Pick<ShaderPlan, 'source'>;

function plan(shape: Shape, variant: string, { items, source }: Launch, caps: DeviceCaps): KernelPlan {
  const { seq, heads, batch, dim, rotary, table, type, threads } = shape;
  const rows = batch * heads * seq;
  const grid = foldGrid(Math.ceil((rows * items) / threads), caps);
  const forms = { INTERLEAVED: shape.pairs === 'interleaved', POSITION_FIRST: shape.layout === 'positions' };
  const constants = {
    ...{ SEQ: seq, HEADS: heads, ROWS: rows, DIM: dim, ROTARY: rotary, THREADS: threads },
    ...{ INTERLEAVED: String(forms.INTERLEAVED), POSITION_FIRST: String(forms.POSITION_FIRST) },
    ...grid.constants,
  };
  const label = `rope/${variant} batch=${batch} seq=${seq} heads=${heads} dim=${dim} type=${type}`;
  const [bytes, tableBytes] = [storedBytes(type, rows * dim), 2 * table * rotary];
  const bindings = ['x', 'positions', 'cosine', 'sine', 'y'];
  return {
    buffers: [
      { name: 'x', role: 'input', bytes, fill: stored(type, normal(rows * dim)) },
      {
        name: 'positions',
        role: 'input',
        bytes: 4 * batch * seq,
        // Every batch starts elsewhere.
        fill: () => Uint32Array.from({ length: batch * seq }, (_, i) => ((i % seq) + 3 * Math.floor(i / seq)) % table),
      },
      { name: 'cosine', role: 'input', bytes: tableBytes, fill: () => angleTable(Math.cos, shape) },
      { name: 'sine', role: 'input', bytes: tableBytes, fill: () => angleTable(Math.sin, shape) },
      { name: 'y', role: 'output', bytes },
    ],
    dispatches: [{ shader: { label, source, constants }, bindings, workgroups: grid.workgroups }],
    checks: [
      {
        buffer: 'y',
        length: rows * dim,
        format: type,
        reference: (inputs, indices) =>
          referenceRope(
            { x: numbersIn(type, inputs.x!), positions: inputs.positions!, cosine: inputs.cosine!, sine: inputs.sine! },
            shape,
            indices,
          ),
        flopsPerElement: 3,
        tolerance: type === 'f16' ? { nmse: 1e-6 } : { nmse: 1e-12, absolute: 1e-5 },
      },
    ],
    flops: 3 * rows * rotary,
    bytes: 2 * bytes + 2 * tableBytes + 4 * batch * seq,
  };
}

const ALL = ['naive', 'vec4'];

export const rope: KernelFamily = {
  name: 'rope',
  summary: 'rotary position embedding',
  variants: [
    defineVariant({
      name: 'naive',
      idea: 'one pair a thread',
      read: reader(2, {}),
      needs: ({ threads }) => ({ invocations: threads }),
      plan: (shape, caps) => plan(shape, 'naive', { items: shape.dim - shape.rotary / 2, source: naive }, caps),
    }),
    defineVariant({
      name: 'vec4',
      idea: 'four pairs a thread in two requests of four elements',
      read: reader(8, { type: storageParam, threads: optional(size(256), 256) }),
      needs: ({ threads }) => ({ invocations: threads }),
      tuning: () => [{ threads: 64 }, { threads: 128 }],
      plan: (shape, caps) => {
        const source = [cellAccess(shape.type, 4), entry, vec4].join('\n');
        return plan(shape, 'vec4', { items: shape.dim / 4 - shape.rotary / 8, source }, caps);
      },
    }),
  ],
  cases: [
    { variants: ALL, params: { seq: 128, heads: 32, dim: 64, theta: 500000 }, suites: ['default', 'full'] },
    { variants: ALL, params: { seq: 2048, heads: 32, dim: 64, theta: 500000 }, suites: ['default', 'full'] },
    { variants: ['vec4'], params: { seq: 2048, heads: 32, dim: 64, theta: 500000, type: 'f16' }, suites: ['full'] },
  ],
};
