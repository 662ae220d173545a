// The family `sampling`: the next token of each row of logits [row][vocab], chosen on the GPU. argmax: the largest logit,
// the lowest index of equals. top-k: drawn among the k best by e^(logit/temperature), after cutting those that are not
// needed to reach the share p of their weight. top-p: the same among all tokens. Weights are whole numbers (order.wgsl), so
// that a seed gives the same tokens on every device, and twin.ts says which, to the bit. NaN ranks below −∞ and weighs
// nothing beside a finite logit; +∞ beats all. The draw's random number is Philox at (row, step) under the seed; `steps`
// holds the step. flops = 2·rows·vocab (a comparison and a weight each); bytes: logits read once, tokens. Knows no GPU object.
import type { Params } from '../../src/core/case-id.ts';
import { UserError } from '../../src/core/errors.ts';
import { filler, named } from '../common/fill.ts';
import { foldGrid } from '../common/grid.ts';
import ranks from '../common/order.wgsl?raw';
import { optional, type ParamSpec, readParams, requireAddressable, size } from '../common/params.ts';
import { defineVariant } from '../common/variant.ts';
import type { BufferPlan, Constant, DeviceCaps, DispatchPlan, KernelFamily, KernelPlan } from '../family.ts';
import philox from '../rollout/philox.wgsl?raw';
import argmax from './argmax.wgsl?raw';
import chunk from './chunk.wgsl?raw';
import clear from './clear.wgsl?raw';
import descend from './descend.wgsl?raw';
import drawBest from './draw-best.wgsl?raw';
import drawNucleus from './draw-nucleus.wgsl?raw';
import histogram from './histogram.wgsl?raw';
import lanes from './lanes.wgsl?raw';
import naive from './naive.wgsl?raw';
import order from './order.wgsl?raw';
import peaks from './peaks.wgsl?raw';
import select from './select.wgsl?raw';
import selectChunk from './select-chunk.wgsl?raw';
import sums from './sums.wgsl?raw';
import { argmaxOf, type SamplingRule, sampleOf, shareOf, slopeOf } from './twin.ts';

/** What every shader that looks at logits is joined behind. */
const ORDER = [philox, ranks, order].join('\n');
const THREADS = 256;
/** Threads that share a chunk without a barrier. */
const LANES = 64;
/** Whole-number sums of weights are exact up to this many tokens. */
const MAX_VOCAB = 2 ** 18;
const MAX_K = 256;

interface Shape extends SamplingRule {
  readonly rows: number;
  readonly vocab: number;
  /** Tokens a workgroup looks at. */
  readonly chunk: number;
}

const SIZES = { rows: size(2 ** 20), vocab: size(MAX_VOCAB) };
const integer = (min: number, max: number, value: number, multipleOf = 1) =>
  optional<ParamSpec & { kind: 'integer' }>({ kind: 'integer', min, max, multipleOf }, value);
const number = (min: number, max: number, value: number) =>
  optional<ParamSpec & { kind: 'number' }>({ kind: 'number', min, max }, value);
const DRAW = { temperature: number(1e-3, 1e3, 1), seed: integer(0, 2 ** 32 - 1, 1), step: integer(0, 2 ** 32 - 1, 0) };
const CHUNK = { chunk: integer(THREADS, 2 ** 16, 4096, THREADS) };
const PLAIN = { k: 0, p: 1, temperature: 1, seed: 0, step: 0 };

function checked<S extends Shape>(shape: S): S {
  requireAddressable('sampling', { rows: shape.rows, vocab: shape.vocab });
  if (shape.k > shape.vocab) throw new UserError(`sampling: k=${shape.k} must be at most vocab=${shape.vocab}`);
  return shape;
}

const readNaive = (params: Params): Shape =>
  checked({ ...PLAIN, chunk: 4096, ...readParams('sampling', params, SIZES) });
const readArgmax = (params: Params): Shape =>
  checked({ ...PLAIN, ...readParams('sampling', params, { ...SIZES, ...CHUNK }) });
const readLanes = (params: Params): Shape =>
  checked({
    ...PLAIN,
    ...readParams('sampling', params, { ...SIZES, chunk: integer(LANES, MAX_VOCAB, 4096, LANES) }),
  });
const readTopK = (params: Params): Shape =>
  checked(readParams('sampling', params, { ...SIZES, k: size(MAX_K), p: number(0, 1, 1), ...DRAW, ...CHUNK }));
const readTopP = (params: Params): Shape =>
  checked({
    k: 0,
    ...readParams('sampling', params, { ...SIZES, p: { kind: 'number', min: 0, max: 1 }, ...DRAW, ...CHUNK }),
  });

const chunksOf = ({ vocab, chunk }: Shape): number => Math.ceil(vocab / chunk);

/** Constants of order.wgsl and of everything behind it. */
function constantsOf(shape: Shape): Record<string, Constant> {
  return {
    ...{ ROWS: shape.rows, VOCAB: shape.vocab, CHUNK: shape.chunk, CHUNKS: chunksOf(shape), THREADS },
    ...{ K: shape.k, SHARE: shareOf(shape.p), CUTS: String(shape.p < 1), SEED: shape.seed },
    SLOPE: `f32(${slopeOf(shape.temperature)})`,
  };
}

interface StepPlan {
  readonly name: string;
  readonly source: string;
  readonly bindings: readonly string[];
  readonly groups: number;
  readonly more?: Record<string, Constant>;
}

function plan(
  shape: Shape,
  variant: string,
  steps: readonly StepPlan[],
  scratch: BufferPlan[],
  caps: DeviceCaps,
): KernelPlan {
  const { rows, vocab } = shape;
  const constants = constantsOf(shape);
  const dispatches = steps.map(({ name, source, bindings, groups, more = {} }): DispatchPlan => {
    const grid = foldGrid(groups, caps);
    const label = `sampling/${variant} ${name} rows=${rows} vocab=${vocab}`;
    const shader = { label, source, constants: { ...constants, ...more, ...grid.constants } };
    return { shader, bindings, workgroups: grid.workgroups };
  });
  const draws = dispatches.some(({ bindings }) => bindings.includes('steps'));
  // Eighths, so that equal logits are common, the largest among them.
  const eighths = filler(rows * vocab, (rng) => Math.round(24 * rng.normal()) / 8);
  const fill = named(`eighths ${rows * vocab}`, eighths);
  return {
    buffers: [
      { name: 'logits', role: 'input', bytes: 4 * rows * vocab, fill },
      ...(draws ? [{ name: 'steps', role: 'input', bytes: 4, fill: () => Uint32Array.of(shape.step) } as const] : []),
      ...scratch,
      { name: 'tokens', role: 'output', bytes: 4 * rows },
    ],
    dispatches,
    checks: [
      {
        buffer: 'tokens',
        length: rows,
        format: 'u32',
        reference: (inputs, indices) => {
          const { buffer, byteOffset } = inputs.logits!;
          const tokenOf = (row: number): number => {
            const bits = new Uint32Array(buffer, byteOffset + 4 * row * vocab, vocab);
            return draws ? sampleOf(bits, row, shape) : argmaxOf(bits);
          };
          return Float64Array.from(indices, tokenOf);
        },
        flopsPerElement: draws ? 100 * vocab : 2 * vocab,
        tolerance: { nmse: 0, absolute: 0 },
      },
    ],
    flops: 2 * rows * vocab,
    bytes: 4 * rows * (vocab + 1) + (draws ? 4 : 0),
  };
}

/** The peaks of every chunk, one of all its threads together or one of each thread, then the largest of a row's. */
function peakSteps(shape: Shape, source: string, threads: number, ofChunk: number): StepPlan[] {
  const [rows, chunks] = [shape.rows, chunksOf(shape)];
  return [
    {
      ...{ name: 'peaks', source: `${ORDER}\n${chunk}\n${source}`, bindings: ['logits', 'peaks'] },
      ...{ groups: rows * chunks, more: { THREADS: threads } },
    },
    {
      ...{ name: 'rows', source: argmax, bindings: ['peaks', 'tokens'] },
      ...{ groups: Math.ceil(rows / 64), more: { PEAKS: chunks * ofChunk } },
    },
  ];
}

const argmaxSteps = (shape: Shape): StepPlan[] => peakSteps(shape, peaks, THREADS, 1);
const lanesSteps = (shape: Shape): StepPlan[] => peakSteps(shape, lanes, LANES, LANES);

const peakScratch = (shape: Shape, perChunk = 1): BufferPlan => ({
  name: 'peaks',
  role: 'scratch',
  bytes: 8 * shape.rows * chunksOf(shape) * perChunk,
});

function topKSteps(shape: Shape): StepPlan[] {
  const ranked = `${ORDER}\n${select}`;
  const groups = shape.rows * chunksOf(shape);
  return [
    { name: 'select', source: `${ranked}\n${selectChunk}`, bindings: ['logits', 'candidates'], groups },
    // The draw reads no logit: the candidates hold their orders.
    {
      name: 'draw',
      source: `${ranked}\n${drawBest}`,
      bindings: ['candidates', 'steps', 'tokens'],
      groups: shape.rows,
    },
  ];
}

/** Without a cut, the dispatches that look for its place are left out. */
function topPSteps(shape: Shape): StepPlan[] {
  const descending = `${ORDER}\n${descend}`;
  const groups = shape.rows * chunksOf(shape);
  const through = ['logits', 'peaks', 'bins', 'states'];
  const words = binWords(shape);
  const cutting: StepPlan[] = [
    { name: 'clear', source: clear, bindings: ['bins'], groups: Math.ceil(words / 256), more: { WORDS: words } },
    ...[0, 1, 2, 3].map((round) => ({
      name: `histogram ${round}`,
      source: `${descending}\n${histogram}`,
      bindings: through,
      groups,
      more: { ROUND: round },
    })),
  ];
  return [
    argmaxSteps(shape)[0]!,
    ...(shape.p < 1 ? cutting : []),
    { name: 'sums', source: `${descending}\n${sums}`, bindings: [...through, 'chunks'], groups },
    {
      name: 'draw',
      source: `${ORDER}\n${drawNucleus}`,
      bindings: ['logits', 'peaks', 'states', 'chunks', 'steps', 'tokens'],
      groups: shape.rows,
    },
  ];
}

/** Four digits' histograms of 256 sums of 64 bits a row. */
const binWords = ({ rows }: Shape): number => rows * 4 * 256 * 2;

function topPScratch(shape: Shape): BufferPlan[] {
  return [
    peakScratch(shape),
    { name: 'bins', role: 'scratch', bytes: 4 * binWords(shape) },
    { name: 'states', role: 'scratch', bytes: 16 * 5 * shape.rows },
    { name: 'chunks', role: 'scratch', bytes: 16 * shape.rows * chunksOf(shape) },
  ];
}

const chunkPoints = (): Params[] => [{ chunk: 1024 }, { chunk: 2048 }, { chunk: 8192 }];
/** Llama 3's vocabulary. */
const VOCAB = 128256;

export const sampling: KernelFamily = {
  name: 'sampling',
  summary: 'the next token from logits: the largest, or drawn by temperature, top-k and top-p, repeatable by seed',
  variants: [
    defineVariant({
      name: 'argmax-naive',
      idea: 'one thread a row',
      read: readNaive,
      needs: () => ({ invocations: 64 }),
      plan: (shape, caps) => {
        const source = `${ORDER}\n${naive}`;
        const step = { name: 'rows', source, bindings: ['logits', 'tokens'], groups: Math.ceil(shape.rows / 64) };
        return plan(shape, 'argmax-naive', [step], [], caps);
      },
    }),
    defineVariant({
      name: 'argmax-lanes',
      idea: 'a peak of each thread of a workgroup a chunk, without barriers, then a thread a row',
      read: readLanes,
      needs: () => ({ invocations: LANES }),
      tuning: () => [{ chunk: 1024 }, { chunk: 16384 }, { chunk: 65536 }],
      plan: (shape, caps) => plan(shape, 'argmax-lanes', lanesSteps(shape), [peakScratch(shape, LANES)], caps),
    }),
    defineVariant({
      name: 'argmax',
      idea: 'one workgroup a chunk, then a thread a row',
      read: readArgmax,
      needs: () => ({ invocations: THREADS, workgroupBytes: 8 * THREADS }),
      tuning: chunkPoints,
      plan: (shape, caps) => plan(shape, 'argmax', argmaxSteps(shape), [peakScratch(shape)], caps),
    }),
    defineVariant({
      name: 'top-k',
      idea: 'radix selection of each chunk’s k best, then of theirs; cut, draw',
      read: readTopK,
      fault: ({ k, chunk }) => (k > chunk ? `k=${k} must be at most chunk=${chunk}` : null),
      needs: ({ k }) => ({ invocations: THREADS, workgroupBytes: 4 * 256 + 64 + 16 + 16 * k }),
      tuning: chunkPoints,
      plan: (shape, caps) => {
        const bytes = 8 * shape.rows * chunksOf(shape) * shape.k;
        return plan(shape, 'top-k', topKSteps(shape), [{ name: 'candidates', role: 'scratch', bytes }], caps);
      },
    }),
    defineVariant({
      name: 'top-p',
      idea: 'the cut found digit by digit in histograms of weights over all workgroups; draw by sums of chunks',
      read: readTopP,
      needs: () => ({ invocations: THREADS, workgroupBytes: 16 * THREADS + 4 * 256 * 2 + 256 }),
      tuning: chunkPoints,
      plan: (shape, caps) => plan(shape, 'top-p', topPSteps(shape), topPScratch(shape), caps),
    }),
  ],
  cases: [
    {
      variants: ['argmax-naive', 'argmax-lanes', 'argmax'],
      params: { rows: 1, vocab: VOCAB },
      suites: ['default', 'full'],
    },
    { variants: ['argmax-lanes', 'argmax'], params: { rows: 64, vocab: VOCAB }, suites: ['full'] },
    { variants: ['top-k'], params: { rows: 1, vocab: VOCAB, k: 64, p: 0.95 }, suites: ['default', 'full'] },
    { variants: ['top-p'], params: { rows: 1, vocab: VOCAB, p: 0.9 }, suites: ['default', 'full'] },
    { variants: ['top-p'], params: { rows: 64, vocab: VOCAB, p: 0.9 }, suites: ['full'] },
  ],
};
