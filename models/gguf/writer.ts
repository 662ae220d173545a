// Writes a GGUF file of a weight source, a tensor at a time. Readers: llama.cpp, and header.ts here.
import { UserError } from '../../src/core/errors.ts';
import { halfFromNumber } from '../../src/core/half.ts';
import { quantise } from '../../src/core/quantised.ts';
import { tensorShapes } from '../tensor-shapes.ts';
import { float32Of } from '../weight-numbers.ts';
import type { TensorValues, WeightSource, WeightTensor } from '../weight-source.ts';
import { blocksOf } from './blocks.ts';
import { ggufArchitecture, metadataOf, ropeFactors, type WrittenMetadata } from './metadata-of.ts';
import { ggufName } from './names.ts';
import { type KType, quantiseK } from './quantise-k.ts';
import { GGML_TYPES, type GgmlTypeName } from './types.ts';
import { ByteWriter } from './value-writer.ts';
import { pairedRow, reorderRows } from './weights.ts';

/**
 * `same`: every tensor as the source has it. Otherwise matrices; vectors and routers stay f32, as llama.cpp keeps them, and
 * matrices whose rows are no whole K blocks become Q8_0.
 */
export const GGUF_EXPORT_TYPES = ['same', 'F32', 'F16', 'Q8_0', 'Q6_K', 'Q4_K', 'Q4_0'] as const;
export type GgufExportType = (typeof GGUF_EXPORT_TYPES)[number];

export interface GgufOptions {
  readonly type: GgufExportType;
  /** Longest context the model was made for, tokens. */
  readonly contextLength: number;
  /** Keys of the tokenizer; none leaves the file without. */
  readonly tokenizer: WrittenMetadata;
}

const ALIGNMENT = 32;
/** The type of a source's values, where it stays as it is. */
const SAME = { f32: 'F32', f16: 'F16', bf16: 'BF16', int8: 'Q8_0', int4: 'Q4_0' } as const satisfies Record<
  TensorValues['type'],
  GgmlTypeName
>;

interface Part {
  /** Hugging Face's names: one, or every expert's. */
  readonly names: readonly string[];
  readonly ggufName: string;
  readonly shape: readonly number[];
  readonly type: GgmlTypeName;
  readonly length: number;
}

/** The file in pieces: its header, then tensor by tensor. A UserError for a decoder llama.cpp has no architecture for. */
export async function* writeGguf(source: WeightSource, options: GgufOptions): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const { config } = source;
  const factors = ropeFactors(config);
  const parts = await planParts(source, options.type);
  const extra: Part[] = factors
    ? [{ names: [], ggufName: 'rope_freqs.weight', shape: [factors.length], type: 'F32', length: factors.byteLength }]
    : [];
  yield writeHeader([...metadataOf(config, options.contextLength), ...options.tokenizer], [...extra, ...parts]);
  if (factors) yield padded(new Uint8Array(factors.buffer));
  for (const part of parts) {
    const pieces: Uint8Array[] = [];
    for (const name of part.names) pieces.push(tensorBytes(await readPaired(source, name), part.type));
    yield padded(joined(pieces));
  }
}

/** What the file will hold, in the order of a forward pass, experts of a kind together. */
async function planParts(source: WeightSource, wanted: GgufExportType): Promise<Part[]> {
  const architecture = ggufArchitecture(source.config);
  const parts = new Map<string, { names: string[]; shape: readonly number[] }>();
  for (const [name, shape] of tensorShapes(source.config)) {
    const own = ggufName(name, architecture).name;
    const part = parts.get(own);
    if (part) part.names.push(name);
    else parts.set(own, { names: [name], shape });
  }
  const planned: Part[] = [];
  for (const [own, { names, shape }] of parts) {
    const type = await typeOf(source, names[0]!, shape, wanted);
    const stacked = names[0]!.includes('.experts.') ? [names.length, ...shape] : shape;
    const { block, bytes } = GGML_TYPES[type];
    const count = stacked.reduce((product, size) => product * size, 1);
    if (shape.at(-1)! % block !== 0) {
      throw new UserError(
        `${source.config.name}: '${names[0]}' has rows of ${shape.at(-1)}; ${type} has blocks of ${block}`,
      );
    }
    planned.push({ names, ggufName: own, shape: stacked, type, length: (count / block) * bytes });
  }
  return planned;
}

async function typeOf(
  source: WeightSource,
  name: string,
  shape: readonly number[],
  wanted: GgufExportType,
): Promise<GgmlTypeName> {
  if (wanted === 'same') return SAME[(await source.tensor(name)).values.type];
  if (shape.length === 1 || name.endsWith('.mlp.gate.weight')) return 'F32';
  return isK(wanted) && shape.at(-1)! % GGML_TYPES[wanted].block !== 0 ? 'Q8_0' : wanted;
}

function writeHeader(metadata: WrittenMetadata, parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.bytes(new TextEncoder().encode('GGUF'));
  writer.u32(3);
  writer.u64(parts.length);
  writer.u64(metadata.length);
  for (const [key, value] of metadata) writer.keyValue(key, value);
  let offset = 0;
  for (const { ggufName: name, shape, type, length } of parts) {
    writer.string(name);
    writer.u32(shape.length);
    for (const size of [...shape].reverse()) writer.u64(size);
    writer.u32(GGML_TYPES[type].id);
    writer.u64(offset);
    offset = Math.ceil((offset + length) / ALIGNMENT) * ALIGNMENT;
  }
  return padded(writer.finish());
}

/** A tensor with its rows as llama.cpp wants them. */
async function readPaired(source: WeightSource, name: string): Promise<WeightTensor> {
  const tensor = await source.tensor(name);
  if (ggufArchitecture(source.config) !== 'llama' || !/self_attn\.[qk]_proj\./.test(name)) return tensor;
  const { headDim } = source.config;
  const rows = tensor.shape[0]!;
  const inverse = new Map(Array.from({ length: rows }, (_, row) => [pairedRow(row, headDim), row]));
  return { shape: tensor.shape, values: reorderRows(tensor.values, rows, (row) => inverse.get(row)!) };
}

/** A tensor's bytes in that type; quants of the same type are copied, never made again. */
function tensorBytes({ shape, values }: WeightTensor, type: GgmlTypeName): Uint8Array {
  if (type === SAME[values.type]) return 'quants' in values ? blocksOf(values) : new Uint8Array(values.data.buffer);
  const numbers = float32Of(values);
  if (type === 'F32') return new Uint8Array(numbers.buffer);
  if (type === 'F16') return new Uint8Array(Uint16Array.from(numbers, halfFromNumber).buffer);
  if (isK(type)) return quantiseK(type, numbers);
  const [rows, k] = [shape[0]!, shape[1]!];
  return blocksOf(quantise(type === 'Q4_0' ? 'int4' : 'int8', rows, k, numbers));
}

function isK(type: string): type is KType {
  return type === 'Q4_K' || type === 'Q6_K';
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0]!;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const filled = new Uint8Array(Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT);
  filled.set(bytes);
  return filled;
}
