// What a case of attention computes: its parameters, their defaults, and the constants every shader of it shares.
// Knows no variant.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import { type Storage, storageParam } from '../common/cells.ts';
import {
  choice,
  optional,
  type ParamSpec,
  type ReadParams,
  readParams,
  requireAddressable,
  size,
} from '../common/params.ts';
import type { Constant } from '../family.ts';

const MAX_DIM = 256;

/** Which dimensions an additive mask has: [queries][keys], with one for every batch, head, or both. */
export type MaskKind = 'none' | 'shared' | 'batch' | 'heads' | 'full';

export interface AttentionShape {
  readonly batch: number;
  /** Rows of q: the prompt's length in prefill, 1 in decode. */
  readonly queries: number;
  /** Rows of k and v per kv head. */
  readonly keys: number;
  /** Heads and kv heads of one batch. */
  readonly heads: number;
  readonly kvheads: number;
  readonly dim: number;
  /** Width of v and of the output. */
  readonly vdim: number;
  /** Query i sees keys 0 … i + offset. */
  readonly offset: number;
  readonly scale: number;
  /** Scores s become softcap·tanh(s/softcap), before the mask; 0: they stay. */
  readonly softcap: number;
  readonly mask: MaskKind;
  readonly layout: 'heads' | 'positions';
  /** Storage of q and the output, and of k and v. */
  readonly type: Storage;
  readonly cache: Storage;
}

const integer = (min: number, value: number) =>
  optional<ParamSpec & { kind: 'integer' }>({ kind: 'integer', min, max: 2 ** 30 }, value);
const number = (max: number) => optional<ParamSpec & { kind: 'number' }>({ kind: 'number', min: 0, max }, 0);

/** Absent or 0: scale 1/√dim, vdim as dim. */
const COMMON = {
  heads: size(),
  kvheads: size(),
  dim: size(MAX_DIM),
  batch: integer(1, 1),
  vdim: integer(0, 0),
  scale: number(1e6),
  softcap: number(1e6),
  mask: optional(choice('none', 'shared', 'batch', 'heads', 'full'), 'none'),
  layout: optional(choice('heads', 'positions'), 'heads'),
};
/** Absent: as many keys as queries; the last query sees the last key. */
const PREFILL = {
  seq: size(),
  ...COMMON,
  type: storageParam,
  keys: integer(0, 0),
  offset: integer(-1, -1),
  causal: optional(choice('yes', 'no'), 'yes'),
};
const DECODE = { ctx: size(), ...COMMON, cache: storageParam };

type Reader<S extends Record<string, ParamSpec>> = (params: Params) => AttentionShape & ReadParams<S>;

/** `multipleOf` is what the variant reads at a time along dim and vdim; `more` are its own parameters. */
export function readPrefill<S extends Record<string, ParamSpec>>(multipleOf: 1 | 4, more: S): Reader<S> {
  return (params) => {
    const all = readParams('attention', params, { ...PREFILL, ...more } as Record<string, ParamSpec>);
    const read = all as unknown as ReadParams<typeof PREFILL> & ReadParams<S>;
    const keys = read.keys || read.seq;
    const offset = read.causal === 'no' ? keys : read.offset < 0 ? keys - read.seq : read.offset;
    if (offset < 0)
      throw new UserError(`attention: keys=${keys} are fewer than seq=${read.seq}; give offset=0 or more`);
    const type = read.type as Storage;
    return { ...read, ...complete({ ...read, queries: read.seq, keys, offset, type, cache: type }, multipleOf) };
  };
}

/** One query a sequence, the newest position: it sees all ctx keys. q and the output are f32. */
export function readDecode<S extends Record<string, ParamSpec>>(multipleOf: 1 | 4, more: S): Reader<S> {
  return (params) => {
    const all = readParams('attention', params, { ...DECODE, ...more } as Record<string, ParamSpec>);
    const read = all as unknown as ReadParams<typeof DECODE> & ReadParams<S>;
    const [keys, cache] = [read.ctx, read.cache as Storage];
    return { ...read, ...complete({ ...read, queries: 1, keys, offset: keys, type: 'f32', cache }, multipleOf) };
  };
}

type Given = Omit<AttentionShape, 'mask' | 'layout'> & { readonly mask: string; readonly layout: string };

function complete(given: Given, multipleOf: 1 | 4): AttentionShape {
  const { batch, queries, keys, heads, kvheads, dim } = given;
  const vdim = given.vdim || dim;
  if (heads % kvheads !== 0) throw new UserError(`attention: heads=${heads} must be a multiple of kvheads=${kvheads}`);
  for (const [name, value] of Object.entries({ dim, vdim })) {
    if (value % multipleOf !== 0 || value > MAX_DIM)
      throw new UserError(
        `attention: ${name}=${value} must be a multiple of ${multipleOf} from ${multipleOf} to ${MAX_DIM}`,
      );
  }
  if ((given.type === 'f16' || given.cache === 'f16') && (dim % 4 !== 0 || vdim % 4 !== 0))
    throw new UserError(`attention: with f16 storage, dim=${dim} and vdim=${vdim} must be multiples of 4`);
  requireAddressable('attention', { batch, heads, queries, dim: Math.max(dim, vdim) });
  requireAddressable('attention', { batch, kvheads, keys, dim: Math.max(dim, vdim) });
  const [mask, layout] = [given.mask as MaskKind, given.layout as AttentionShape['layout']];
  return { ...given, vdim, mask, layout, scale: given.scale || 1 / Math.sqrt(dim) };
}

/** Elements of the mask; 0 for none. */
export function maskLength({ mask, batch, heads, queries, keys }: AttentionShape): number {
  if (mask === 'none') return 0;
  return (
    queries *
    keys *
    (mask === 'batch' || mask === 'full' ? batch : 1) *
    (mask === 'heads' || mask === 'full' ? heads : 1)
  );
}

/** Pairs of a query and a key it sees, over all heads and batches; a mask hides none. */
export function visiblePairs({ batch, heads, queries, keys, offset }: AttentionShape): number {
  // Queries whose whole row is visible, and the triangle of those before them.
  const full = Math.max(0, Math.min(queries, queries + offset + 1 - keys));
  const rest = queries - full;
  return batch * heads * (full * keys + (rest * (2 * offset + rest + 1)) / 2);
}

/** Constants of score.wgsl; batches are folded into heads, since each kv head serves a run of heads either way. */
export function shapeConstants(shape: AttentionShape, maskBinding: number): Record<string, Constant> {
  const { batch, queries, keys, heads, kvheads, dim, vdim, offset, scale, softcap, mask, layout } = shape;
  const perHead = mask === 'heads' || mask === 'full';
  const perBatch = mask === 'batch' || mask === 'full';
  const headStride = perHead ? queries * keys : 0;
  return {
    HEADS: batch * heads,
    BATCH_HEADS: heads,
    KV_HEADS: batch * kvheads,
    BATCH_KV_HEADS: kvheads,
    GROUP: heads / kvheads,
    QUERIES: queries,
    KEYS: keys,
    DIM: dim,
    VDIM: vdim,
    OFFSET: offset,
    POSITION_FIRST: String(layout === 'positions'),
    CAPPED: String(softcap > 0),
    SCALE: `f32(${softcap > 0 ? scale / softcap : scale * Math.LOG2E})`,
    CAP: `f32(${softcap * Math.LOG2E})`,
    ...(mask !== 'none' && {
      MASK_BINDING: maskBinding,
      MASK_HEAD: headStride,
      MASK_BATCH: perBatch ? queries * keys * (perHead ? heads : 1) : 0,
    }),
  };
}
