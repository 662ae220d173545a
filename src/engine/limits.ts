// What a device has no room for, or the engine no shader: found from the shape alone, before a byte is read. The buffers
// named here are those that load-weights.ts and workspace.ts make.
import { chunksPerRow, type MatrixType } from '../../kernels/common/weights.ts';
import { type DecoderConfig, headWidths } from '../../models/decoders.ts';
import { tableTypeFor } from './matrix.ts';
import { type CacheType, cacheBytes, logitBytes } from './workspace.ts';

export interface AskedRoom {
  readonly weightType: MatrixType;
  readonly cacheType: CacheType;
  readonly maxContext: number;
  readonly batch: number;
}

type BufferLimits = Pick<GPUSupportedLimits, 'maxStorageBufferBindingSize' | 'maxBufferSize'>;

/** Why such a decoder cannot be opened on such a device, or null. */
export function engineLimit(config: DecoderConfig, room: AskedRoom, limits: BufferLimits): string | null {
  if (config.headDim % 8 !== 0) return `heads of ${config.headDim} are not supported; a multiple of 8 is`;
  for (const [what, bytes] of [...matrices(config, room.weightType), ...workBuffers(config, room)]) {
    for (const limit of ['maxStorageBufferBindingSize', 'maxBufferSize'] as const) {
      if (bytes > limits[limit]) return `${limit} is ${limits[limit]} bytes here; ${what} needs ${bytes}`;
    }
  }
  return null;
}

type Sized = readonly [what: string, bytes: number];

/** Rows are padded along k to whole loads. */
function matrices(config: DecoderConfig, type: MatrixType): Sized[] {
  const { hidden, vocab, experts } = config;
  const { query, keyValue } = headWidths(config);
  const { count, intermediate } = experts ?? { count: 1, intermediate: config.intermediate };
  const bytes = (rows: number, k: number, of = type): number => 16 * rows * chunksPerRow(of, k);
  return [
    ['the embedding table', bytes(vocab, hidden, tableTypeFor(type))],
    ['query, key and value of a layer', bytes(query + 2 * keyValue, hidden)],
    ['gate and up of a layer', bytes(2 * count * intermediate, hidden)],
    ['down of a layer', bytes(count * hidden, intermediate)],
  ];
}

function workBuffers(config: DecoderConfig, { cacheType, maxContext, batch }: AskedRoom): Sized[] {
  return [
    [
      `the key cache of a layer, ${maxContext} tokens × ${batch},`,
      cacheBytes(config, { cacheType, maxContext, batch }),
    ],
    [`the rotary table of ${maxContext} tokens`, 4 * maxContext * config.headDim],
    [`the logit buffer of ${batch} sequences`, logitBytes(config, batch)],
  ];
}
