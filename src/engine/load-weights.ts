// Brings a decoder's tensors from their source to the GPU, one at a time, packed as the kernels read them.

import type { MatrixType } from '../../kernels/common/weights.ts';
import { type DecoderConfig, headWidths } from '../../models/decoders.ts';
import { float32Of } from '../../models/weight-numbers.ts';
import type { WeightSource, WeightTensor } from '../../models/weight-source.ts';
import { UserError } from '../core/errors.ts';
import { type Matrix, MatrixBuilder } from './matrix.ts';
import type { Memory } from './memory.ts';

export interface LayerBuffers {
  readonly inputNorm: GPUBuffer;
  /** Rows of q, k, v. */
  readonly qkv: Matrix;
  readonly qkvBias: GPUBuffer | null;
  /** Gains of q's norm, of k's, then the sinks; in one buffer, since a shader may bind only eight. */
  readonly headVectors: GPUBuffer | null;
  readonly o: Matrix;
  readonly oBias: GPUBuffer | null;
  readonly postNorm: GPUBuffer;
  readonly router: { readonly matrix: Matrix; readonly bias: GPUBuffer | null } | null;
  /** Rows of gate, then of up; of every expert, one after the other. */
  readonly gateUp: Matrix;
  readonly gateUpBias: GPUBuffer | null;
  readonly down: Matrix;
  readonly downBias: GPUBuffer | null;
}

export interface ModelBuffers {
  readonly embedding: Matrix;
  /** The embedding itself when tied. */
  readonly head: Matrix;
  readonly layers: readonly LayerBuffers[];
  readonly finalNorm: GPUBuffer;
}

export interface LoadSettings {
  /** Of the layers' matrices. */
  readonly weightType: MatrixType;
  /** Of the embedding and the head. */
  readonly tableType: MatrixType;
  readonly progress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** A tensor that is missing or of another shape is a UserError that names it. */
export async function loadModel(memory: Memory, source: WeightSource, settings: LoadSettings): Promise<ModelBuffers> {
  const loader = new Loader(memory, source, settings);
  const { config } = source;
  const { hidden, vocab } = config;
  const embedding = await loader.matrix('embedding', settings.tableType, hidden, [
    ['model.embed_tokens.weight', vocab],
  ]);
  const layers: LayerBuffers[] = [];
  for (let layer = 0; layer < config.layers; layer++) layers.push(await loadLayer(loader, config, layer));
  const finalNorm = await loader.vector('final norm', [['model.norm.weight', hidden]]);
  const head = source.names.includes('lm_head.weight')
    ? await loader.matrix('head', settings.tableType, hidden, [['lm_head.weight', vocab]])
    : embedding;
  if (head === embedding && !config.tiedEmbeddings) loader.missing('lm_head.weight');
  return { embedding, head, layers, finalNorm };
}

type Part = readonly [name: string, length: number];

class Loader {
  readonly type: MatrixType;
  private readonly memory: Memory;
  private readonly source: WeightSource;
  private readonly settings: LoadSettings;
  private done = 0;

  constructor(memory: Memory, source: WeightSource, settings: LoadSettings) {
    this.memory = memory;
    this.source = source;
    this.settings = settings;
    this.type = settings.weightType;
  }

  /** The named tensors, of so many rows each, stacked. */
  async matrix(label: string, type: MatrixType, k: number, parts: readonly Part[]): Promise<Matrix> {
    const rows = parts.reduce((sum, [, length]) => sum + length, 0);
    let builder: MatrixBuilder | null = null;
    for (const [name, length] of parts) {
      const tensor = await this.read(name, [length, k]);
      builder ??= new MatrixBuilder(this.memory, label, storedType(type, tensor), rows, k);
      await builder.append(tensor);
    }
    if (!builder) throw new Error(`${label}: no parts`);
    return builder.finish();
  }

  /** The named vectors, one after the other, in f32. */
  async vector(label: string, parts: readonly Part[]): Promise<GPUBuffer> {
    const numbers: number[] = [];
    for (const [name, length] of parts) numbers.push(...float32Of((await this.read(name, [length])).values));
    return this.memory.filled(label, Float32Array.from(numbers));
  }

  missing(name: string): never {
    throw new UserError(`${this.source.config.name}: the weights hold no tensor '${name}'`);
  }

  private async read(name: string, shape: readonly number[]) {
    this.settings.signal.throwIfAborted();
    if (!this.source.names.includes(name)) this.missing(name);
    const tensor = await this.source.tensor(name);
    if (tensor.shape.join() !== shape.join()) {
      throw new UserError(
        `${this.source.config.name}: '${name}' has shape [${tensor.shape}]; its config asks for [${shape}]`,
      );
    }
    this.settings.progress(++this.done, this.source.names.length);
    return tensor;
  }
}

/** Gains in a layer's head vectors, in front of its sinks. */
export function normLength(config: DecoderConfig): number {
  const { query, keyValue } = headWidths(config);
  if (!config.qkNorm) return 0;
  return config.qkNorm === 'head' ? 2 * config.headDim : query + keyValue;
}

/** What a file has quantised stays as it is: rounding it once more would only lose accuracy. The first part decides. */
function storedType(wanted: MatrixType, { values }: WeightTensor): MatrixType {
  const quantises = wanted === 'int4' || wanted === 'int8';
  return quantises && 'quants' in values ? values.type : wanted;
}

async function loadLayer(loader: Loader, config: DecoderConfig, layer: number): Promise<LayerBuffers> {
  const { query, keyValue } = headWidths(config);
  const { hidden, experts, qkNorm, headDim } = config;
  const width = experts?.intermediate ?? config.intermediate;
  const at = `model.layers.${layer}`;
  const attention = `${at}.self_attn`;
  const mlps = experts ? Array.from({ length: experts.count }, (_, i) => `${at}.mlp.experts.${i}`) : [`${at}.mlp`];
  const label = (name: string): string => `layer ${layer} ${name}`;
  const matrix = (name: string, k: number, parts: readonly Part[]): Promise<Matrix> =>
    loader.matrix(
      label(name),
      loader.type,
      k,
      parts.map(([part, rows]) => [`${part}.weight`, rows]),
    );
  const vector = (name: string, parts: readonly Part[]): Promise<GPUBuffer> => loader.vector(label(name), parts);
  const biases = async (wanted: boolean, name: string, parts: readonly Part[]): Promise<GPUBuffer | null> =>
    wanted
      ? vector(
          `${name} bias`,
          parts.map(([part, rows]) => [`${part}.bias`, rows]),
        )
      : null;
  const qkv: Part[] = [
    [`${attention}.q_proj`, query],
    [`${attention}.k_proj`, keyValue],
    [`${attention}.v_proj`, keyValue],
  ];
  const gateUp = mlps.flatMap((mlp): Part[] => [
    [`${mlp}.gate_proj`, width],
    [`${mlp}.up_proj`, width],
  ]);
  const down = mlps.map((mlp): Part => [`${mlp}.down_proj`, hidden]);
  const router: Part[] = [[`${at}.mlp.gate`, experts?.count ?? 0]];
  const normed = (all: number): number => (qkNorm === 'head' ? headDim : all);
  const gains: Part[] = [
    [`${attention}.q_norm.weight`, normed(query)],
    [`${attention}.k_norm.weight`, normed(keyValue)],
  ];
  const sinks: Part[] = config.attentionSinks ? [[`${attention}.sinks`, config.heads]] : [];
  const headVectors = [...(qkNorm ? gains : []), ...sinks];
  return {
    inputNorm: await vector('input norm', [[`${at}.input_layernorm.weight`, hidden]]),
    qkv: await matrix('qkv', hidden, qkv),
    qkvBias: await biases(config.qkvBias, 'qkv', qkv),
    headVectors: headVectors.length > 0 ? await vector('head vectors', headVectors) : null,
    o: await matrix('o', query, [[`${attention}.o_proj`, hidden]]),
    oBias: await biases(config.outputBias, 'o', [[`${attention}.o_proj`, hidden]]),
    postNorm: await vector('post norm', [[`${at}.post_attention_layernorm.weight`, hidden]]),
    router: experts && {
      matrix: await loader.matrix(label('router'), 'f32', hidden, [[`${at}.mlp.gate.weight`, experts.count]]),
      bias: await biases(experts.routerBias, 'router', router),
    },
    gateUp: await matrix('gate and up', hidden, gateUp),
    gateUpBias: await biases(config.mlpBias, 'gate and up', gateUp),
    down: await matrix('down', width, down),
    downBias: await biases(config.mlpBias, 'down', down),
  };
}
