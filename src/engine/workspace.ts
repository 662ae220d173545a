// The buffers a decoder works in: residual stream, projections, cache, logits, state. All are made once.
import { paddedRow } from '../../kernels/common/weights.ts';
import { type DecoderConfig, headWidths } from '../../models/decoders.ts';
import { rotaryTables } from '../../models/rope.ts';
import type { Memory } from './memory.ts';

export type CacheType = 'f32' | 'f16';

export interface WorkspaceSettings {
  /** Longest context of a sequence, tokens. */
  readonly maxContext: number;
  /** Sequences decoded together. */
  readonly batch: number;
  /** Most tokens of a prompt in one step. */
  readonly promptChunk: number;
  readonly cacheType: CacheType;
  /** Keys one workgroup of attention takes at most. */
  readonly split: number;
}

export interface LayerCache {
  readonly keys: GPUBuffer;
  readonly values: GPUBuffer;
}

export interface Workspace extends WorkspaceSettings {
  /** Most rows of a step. */
  readonly maxRows: number;
  /** Splits there is room for. */
  readonly maxSplits: number;
  readonly hiddenStride: number;
  readonly attendedStride: number;
  readonly gatedStride: number;
  /** Steps whose tokens the ring keeps. */
  readonly ringSteps: number;
  readonly stream: GPUBuffer;
  /** The stream behind a norm, where a prompt is long enough to have one of its own. */
  readonly normed: GPUBuffer;
  readonly qkv: GPUBuffer;
  readonly attended: GPUBuffer;
  /** Of every chosen expert, where there are experts. */
  readonly gated: GPUBuffer;
  /** The router's scores, the experts it chose, and the share of each. */
  readonly expertScores: GPUBuffer;
  readonly expertsChosen: GPUBuffer;
  readonly expertShares: GPUBuffer;
  /** Rows of `chosen` and `logits`: those that a head is wanted for. */
  readonly logitRows: number;
  /** Rows copied out of a prompt's stream. */
  readonly chosen: GPUBuffer;
  readonly logits: GPUBuffer;
  /** Of attention's splits: sums, then maximum and sum of weights. */
  readonly partial: GPUBuffer;
  readonly rotary: GPUBuffer;
  readonly caches: readonly LayerCache[];
  readonly promptTokens: GPUBuffer;
  readonly nextTokens: GPUBuffer;
  /** The words of shaders/state.wgsl. */
  readonly state: GPUBuffer;
  readonly ring: GPUBuffer;
  /** Bound where a shader names a buffer that this model has not. */
  readonly nothing: GPUBuffer;
}

const RING_STEPS = 16;
/** Logits kept for a prompt's rows at once, bytes; a row of each sequence at least. */
const LOGIT_BYTES = 16 * 2 ** 20;

export function makeWorkspace(memory: Memory, config: DecoderConfig, settings: WorkspaceSettings): Workspace {
  const { maxContext, batch, promptChunk, split } = settings;
  const { query, keyValue } = headWidths(config);
  // Whole groups of the most rows a product takes at once.
  const maxRows = 8 * Math.ceil(Math.max(batch, promptChunk) / 8);
  const logitRows = Math.max(batch, Math.min(promptChunk, 16, Math.floor(LOGIT_BYTES / 4 / config.vocab)));
  const maxSplits = Math.ceil(maxContext / split);
  const [hiddenStride, attendedStride] = [paddedRow(config.hidden), paddedRow(query)];
  const { experts } = config;
  const gatedStride = paddedRow(experts?.intermediate ?? config.intermediate);
  const bytesOfCache = cacheBytes(config, settings);
  const rows = (name: string, width: number): GPUBuffer => memory.storage(name, 4 * maxRows * width);
  // Of decoding alone: a prompt's rows fill a device without.
  const partials = maxSplits > 1 ? batch * config.heads * maxSplits : 0;
  return {
    ...settings,
    maxRows,
    maxSplits,
    hiddenStride,
    attendedStride,
    gatedStride,
    ringSteps: RING_STEPS,
    stream: rows('stream', hiddenStride),
    normed: rows('normed', hiddenStride),
    qkv: rows('qkv', query + 2 * keyValue),
    attended: rows('attended', attendedStride),
    gated: rows('gated', gatedStride * (experts?.perToken ?? 1)),
    expertScores: rows('expert scores', experts?.count ?? 0),
    expertsChosen: rows('experts chosen', experts?.perToken ?? 0),
    expertShares: rows('expert shares', experts?.perToken ?? 0),
    logitRows,
    chosen: memory.storage('chosen rows', 4 * paddedRows(logitRows) * hiddenStride),
    logits: memory.storage('logits', logitBytes(config, logitRows)),
    partial: memory.storage('partial', 4 * partials * (config.headDim + 4)),
    rotary: memory.filled('rotary', rotaryTable(config, maxContext)),
    caches: Array.from({ length: config.layers }, (_, layer) => ({
      keys: memory.storage(`layer ${layer} keys`, bytesOfCache),
      values: memory.storage(`layer ${layer} values`, bytesOfCache),
    })),
    promptTokens: memory.storage('prompt tokens', 4 * promptChunk),
    nextTokens: memory.storage('next tokens', 4 * batch),
    state: memory.storage('state', 4 * 8),
    ring: memory.storage('ring', 4 * RING_STEPS * batch),
    nothing: memory.storage('nothing', 16),
  };
}

/** Bytes of a layer's keys, and of its values. */
export function cacheBytes(
  config: DecoderConfig,
  { maxContext, batch, cacheType }: Pick<WorkspaceSettings, 'maxContext' | 'batch' | 'cacheType'>,
): number {
  return batch * maxContext * headWidths(config).keyValue * (cacheType === 'f32' ? 4 : 2);
}

/** Bytes of the logits of so many rows, of which products take eight at a time. */
export function logitBytes({ vocab }: DecoderConfig, rows: number): number {
  return 4 * paddedRows(rows) * vocab;
}

function paddedRows(rows: number): number {
  return rows === 1 ? 1 : 8 * Math.ceil(rows / 8);
}

/** [position][cosines, then sines][headDim / 2]. */
function rotaryTable(config: DecoderConfig, positions: number): Float32Array<ArrayBuffer> {
  const { cos, sin } = rotaryTables(config, positions);
  const half = config.headDim / 2;
  const table = new Float32Array(2 * cos.length);
  for (let position = 0; position < positions; position++) {
    table.set(cos.subarray(position * half, (position + 1) * half), 2 * position * half);
    table.set(sin.subarray(position * half, (position + 1) * half), (2 * position + 1) * half);
  }
  return table;
}
