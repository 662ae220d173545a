// A decoder's weights from a GGUF file: Hugging Face's names and order of rows, whatever the file's own.
import { UserError } from '../../src/core/errors.ts';
import { BLOCK_WORDS, blocksPerRow, type QuantisedWeights } from '../../src/core/quantised.ts';
import type { DecoderConfig } from '../decoders.ts';
import { readBytes } from '../files/byte-source.ts';
import { requireTensors, tensorShapes } from '../tensor-shapes.ts';
import type { TensorValues, WeightSource } from '../weight-source.ts';
import { architectureOf, decoderFromMetadata } from './config.ts';
import { READABLE_TYPES, readNumbers } from './dequantise.ts';
import type { GgufFile, GgufTensor } from './header.ts';
import { ggufName, isStacked } from './names.ts';

const ROPE_FREQS = 'rope_freqs.weight';

/** A UserError names an architecture, a key, a tensor or a type that is not supported, and what is. */
export async function ggufWeights(file: GgufFile, name = file.source.name): Promise<WeightSource> {
  const { pairedRows, name: architecture } = architectureOf(file);
  const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
  const freqs = tensors.get(ROPE_FREQS);
  const config = decoderFromMetadata(file, name, freqs ? await readFactors(file, freqs) : null);
  const place = (wanted: string): { tensor: GgufTensor | undefined; expert: number | null } => {
    const { name: own, expert } = ggufName(wanted, architecture);
    return { tensor: tensors.get(own), expert };
  };
  requireTensors(config, (wanted) => shapeOf(place(wanted), config), file.source.name);
  const names = [...tensorShapes(config).keys()];
  const used = new Set(names.map((wanted) => place(wanted).tensor!));
  for (const tensor of file.tensors) {
    if (used.has(tensor)) requireReadable(file, tensor);
    else if (tensor.name !== ROPE_FREQS) refuseUnused(file, tensor, architecture);
  }
  return {
    config,
    names,
    tensor: async (wanted) => {
      if (!names.includes(wanted)) throw new UserError(`${file.source.name}: no tensor '${wanted}'`);
      const { tensor, expert } = place(wanted);
      const shape = expert === null ? tensor!.shape : tensor!.shape.slice(1);
      const values = await readTensor(file, tensor!, shape, expert ?? 0);
      const heads = pairedRows ? pairedHeads(wanted, config) : null;
      return { shape, values: heads === null ? values : halvedRows(values, shape, heads) };
    },
  };
}

/** What the file must hold for a tensor of the config: of experts, one slice of it. */
function shapeOf(
  { tensor, expert }: { tensor: GgufTensor | undefined; expert: number | null },
  config: DecoderConfig,
): readonly number[] | undefined {
  if (!tensor || expert === null) return tensor?.shape;
  return tensor.shape[0] === config.experts?.count ? tensor.shape.slice(1) : tensor.shape;
}

function requireReadable(file: GgufFile, { name, type }: GgufTensor): void {
  if (READABLE_TYPES.includes(type)) return;
  throw new UserError(
    `${file.source.name}: tensor '${name}' is ${type}, which is not read. Supported: ${READABLE_TYPES.join(', ')}`,
  );
}

/** A tensor nobody asks for is a part of the model that we would leave out. */
function refuseUnused(file: GgufFile, { name }: GgufTensor, architecture: string): never {
  throw new UserError(
    `${file.source.name}: tensor '${name}' is no part of ${architecture} as we compute it, so the model would not be the file's`,
  );
}

async function readFactors(file: GgufFile, tensor: GgufTensor): Promise<Float32Array> {
  if (tensor.type === 'F32') return new Float32Array((await bytesOf(file, tensor, 0, tensor.length)).buffer);
  throw new UserError(`${file.source.name}: tensor '${tensor.name}' is ${tensor.type}; it must be F32`);
}

async function readTensor(
  file: GgufFile,
  tensor: GgufTensor,
  shape: readonly number[],
  slice: number,
): Promise<TensorValues> {
  const length = isStacked(tensor.name) ? tensor.length / tensor.shape[0]! : tensor.length;
  const bytes = await bytesOf(file, tensor, slice * length, length);
  const [rows, k] = shape.length === 1 ? [1, shape[0]!] : [shape[0]!, shape[1]!];
  return readNumbers(tensor.type, bytes, rows, k);
}

function bytesOf(file: GgufFile, tensor: GgufTensor, from: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  return readBytes(file.source, tensor.offset + from, length, `tensor '${tensor.name}'`);
}

/** Heads of a tensor whose rows lie in pairs; null for one whose rows do not. */
function pairedHeads(name: string, config: DecoderConfig): number | null {
  if (/self_attn\.q_proj\.(weight|bias)$/.test(name)) return config.heads;
  return /self_attn\.k_proj\.(weight|bias)$/.test(name) ? config.kvHeads : null;
}

/** Row of the file that holds row `row` of Hugging Face's order: in each head, pairs (2i, 2i + 1) for halves (i, half + i). */
export function pairedRow(row: number, headDim: number): number {
  const half = headDim / 2;
  const within = row % headDim;
  return row - within + 2 * (within % half) + Math.floor(within / half);
}

function halvedRows(values: TensorValues, shape: readonly number[], heads: number): TensorValues {
  const rows = shape[0]!;
  return reorderRows(values, rows, (row) => pairedRow(row, rows / heads));
}

/** The same values with row r taken from row `from(r)`. Blocks of quants lie along rows, so they move whole. */
export function reorderRows(values: TensorValues, rows: number, from: (row: number) => number): TensorValues {
  if ('quants' in values) return reorderQuantised(values, from);
  const move = <T extends Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>>(data: T): T => {
    const width = data.length / rows;
    const moved = data.slice() as T;
    for (let row = 0; row < rows; row++) {
      moved.set(data.subarray(from(row) * width, (from(row) + 1) * width), row * width);
    }
    return moved;
  };
  return values.type === 'f32'
    ? { type: 'f32', data: move(values.data) }
    : { type: values.type, data: move(values.data) };
}

function reorderQuantised(values: QuantisedWeights, from: (row: number) => number): QuantisedWeights {
  const blocks = blocksPerRow(values.k);
  const words = blocks * BLOCK_WORDS[values.type];
  const quants = values.quants.slice();
  // As halves: little-endian, so the first of a word's two scales comes first.
  const scales = new Uint16Array(values.scales.slice().buffer);
  const old = new Uint16Array(values.scales.buffer);
  for (let row = 0; row < values.rows; row++) {
    quants.set(values.quants.subarray(from(row) * words, (from(row) + 1) * words), row * words);
    scales.set(old.subarray(from(row) * blocks, (from(row) + 1) * blocks), row * blocks);
  }
  return { ...values, quants, scales: new Uint32Array(scales.buffer) };
}
