// Turns a decoder config into an ONNX graph with Hugging Face's input and output names: the forward pass, operator by
// operator. Knows no bytes of the file format.
import type { AttentionForm } from '../decoder-cases.ts';
import { INT4_BLOCK, type WeightType } from '../decoder-cost.ts';
import type { DecoderConfig } from '../decoders.ts';
import { rotaryTables } from '../rope.ts';
import {
  type DecoderWeights,
  decoderWeights,
  type LayerWeights,
  type MatrixSpec,
  type VectorSpec,
} from './decoder-weights.ts';
import { GraphBuilder, MICROSOFT } from './graph-builder.ts';
import type { ElementType } from './proto.ts';
import { fillInt4, fillUniform, fillUniformHalf, INT4_DEVIATION } from './weights.ts';
import type { Graph, Initializer } from './writer.ts';

export interface DecoderGraphOptions {
  readonly type: WeightType;
  readonly attention: AttentionForm;
  readonly seed: number;
  /** Rows of the rotary tables: the longest context the file can serve, tokens. */
  readonly positions: number;
}

/** The newest operator set whose every operator used here onnxruntime-web 1.30 has on webgpu. */
const OPSET = 20;
const MASKED = -60000;
const FAR = 1e9;

/** Values every layer shares. */
interface Shared {
  readonly rotary: { readonly cos: string; readonly sin: string };
  /** plain: added to the scores. */
  readonly mask: string;
  /** gqa: length of the context per row, less one, and over all rows. */
  readonly lengths: readonly [string, string];
}

/** The graph of a decoder; weights are drawn when the file is written. */
export function buildDecoderGraph(config: DecoderConfig, options: DecoderGraphOptions): Graph {
  return new DecoderGraphBuilder(config, options).build();
}

class DecoderGraphBuilder {
  private readonly graph: GraphBuilder;
  private readonly weights: DecoderWeights;
  private readonly float: ElementType;
  private readonly config: DecoderConfig;
  private readonly options: DecoderGraphOptions;

  constructor(config: DecoderConfig, options: DecoderGraphOptions) {
    this.config = config;
    this.options = options;
    this.float = options.type === 'f16' ? 'float16' : 'float32';
    this.weights = decoderWeights(config);
    this.graph = new GraphBuilder(`${config.name}-${options.type}-${options.attention}`, OPSET);
  }

  build(): Graph {
    const { graph, config } = this;
    graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
    graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
    graph.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
    const shared = this.shared();
    let hidden = this.embed();
    for (const [index, layer] of this.weights.layers.entries()) hidden = this.layer(index, layer, hidden, shared);
    const normed = this.norm('/model/norm', hidden, this.weights.finalNorm);
    this.head(normed);
    graph.output('logits', this.float, ['batch_size', 'sequence_length', config.vocab]);
    for (const side of ['past_key_values', 'present'] as const) {
      const length = side === 'present' ? 'total_sequence_length' : 'past_sequence_length';
      for (let layer = 0; layer < config.layers; layer++) {
        for (const part of ['key', 'value']) {
          const dims = ['batch_size', config.kvHeads, length, config.headDim];
          if (side === 'present') graph.output(`present.${layer}.${part}`, this.float, dims);
          else graph.input(`past_key_values.${layer}.${part}`, this.float, dims);
        }
      }
    }
    return graph.finish();
  }

  private embed(): string {
    const { graph } = this;
    const { embedding } = this.weights;
    // The table lies transposed so that a tied output projection can use the very same tensor.
    const table = this.floatMatrix(embedding);
    const columns = graph.node('/model/embed_tokens/Gather', 'Gather', [table, 'input_ids'], { axis: { int: 1 } });
    return graph.node('/model/embed_tokens/Transpose', 'Transpose', [columns], { perm: { ints: [1, 2, 0] } });
  }

  private head(hidden: string): void {
    const spec = this.weights.head ?? this.weights.embedding;
    const quantised = this.options.type === 'int4';
    const name = quantised ? { ...spec, name: 'lm_head.weight' } : spec;
    this.graph.rename(this.project('/lm_head/MatMul', hidden, name), 'logits');
  }

  /** Rotary tables at the given positions, and the causal mask or context lengths. */
  private shared(): Shared {
    return this.options.attention === 'gqa' ? this.sharedForGqa() : this.sharedForPlain();
  }

  private sharedForGqa(): Shared {
    const { graph } = this;
    const { cos, sin } = this.rotaryTensors(1);
    const real = this.realTokens();
    const sum = graph.node('/model/mask/ReduceSum', 'ReduceSum', [real, graph.int64('axis1', [1])], {
      keepdims: { int: 0 },
    });
    const less = graph.node('/model/mask/Sub', 'Sub', [sum, graph.float32('one_f32', 1)]);
    const last = graph.cast('/model/mask/Cast', less, 'int32');
    const shape = graph.node('/model/mask/Shape', 'Shape', ['attention_mask'], { start: { int: 1 }, end: { int: 2 } });
    const total = graph.cast('/model/mask/total/Cast', shape, 'int32');
    return { rotary: { cos, sin }, mask: '', lengths: [last, total] };
  }

  /**
   * Key j may be seen by query i when it is not padding and its position (the count of real tokens before it) is not
   * after the query's. Counted in f32, exact to 2^24 positions.
   */
  private sharedForPlain(): Shared {
    const { graph } = this;
    const tables = this.rotaryTensors(2);
    const at = (part: 'cos' | 'sin'): string => {
      const rows = graph.node(`/model/rotary/${part}/Gather`, 'Gather', [tables[part], 'position_ids'], {
        axis: { int: 0 },
      });
      return graph.node(`/model/rotary/${part}/Unsqueeze`, 'Unsqueeze', [rows, graph.int64('axis1', [1])]);
    };
    const real = this.realTokens();
    const axis = graph.int64('axis_scalar', [1], []);
    const count = graph.node('/model/mask/CumSum', 'CumSum', [real, axis]);
    const scaled = graph.node('/model/mask/Far', 'Mul', [real, graph.float32('minus_far', -FAR)]);
    const offset = graph.node('/model/mask/Offset', 'Add', [scaled, graph.float32('far_less_one', FAR)]);
    const far = graph.node('/model/mask/Max', 'Max', [
      offset,
      graph.node('/model/mask/Index', 'Sub', [count, graph.float32('one_f32', 1)]),
    ]);
    const keys = graph.node('/model/mask/Keys', 'Unsqueeze', [far, graph.int64('axes12', [1, 2])]);
    const positions = graph.node('/model/mask/positions', 'Gather', [this.counting(), 'position_ids']);
    const queries = graph.node('/model/mask/Queries', 'Unsqueeze', [positions, graph.int64('axes13', [1, 3])]);
    const hidden = graph.node('/model/mask/Greater', 'Greater', [keys, queries]);
    const masked = this.scalar('masked', MASKED);
    const mask = graph.node('/model/mask/Where', 'Where', [hidden, masked, this.scalar('seen', 0)]);
    return { rotary: { cos: at('cos'), sin: at('sin') }, mask, lengths: ['', ''] };
  }

  /** The mask as f32: a lookup, because webgpu has no cast from int64 and would leave the GPU for it. */
  private realTokens(): string {
    const table = this.graph.constant('zero_one', 'float32', [2], [0, 1]);
    return this.graph.node('/model/mask/real', 'Gather', [table, 'attention_mask']);
  }

  /** 0, 1, 2, … in f32, the table that turns positions into numbers. */
  private counting(): string {
    const { positions } = this.options;
    return this.graph.constant(
      'counting',
      'float32',
      [positions],
      Float64Array.from({ length: positions }, (_, i) => i),
    );
  }

  private layer(index: number, weights: LayerWeights, hidden: string, shared: Shared): string {
    const { graph } = this;
    const at = `/model/layers.${index}`;
    const normed = this.norm(`${at}/input_layernorm`, hidden, weights.inputNorm);
    const attended = this.attention(index, weights, normed, shared);
    const first = graph.node(`${at}/Add`, 'Add', [
      hidden,
      this.project(`${at}/attn/o_proj/MatMul`, attended, weights.o),
    ]);
    const second = this.norm(`${at}/post_attention_layernorm`, first, weights.postNorm);
    const gate = this.project(`${at}/mlp/gate_proj/MatMul`, second, weights.gate);
    const up = this.project(`${at}/mlp/up_proj/MatMul`, second, weights.up);
    const sigmoid = graph.node(`${at}/mlp/Sigmoid`, 'Sigmoid', [gate]);
    const silu = graph.node(`${at}/mlp/Silu`, 'Mul', [gate, sigmoid]);
    const product = graph.node(`${at}/mlp/Mul`, 'Mul', [silu, up]);
    const down = this.project(`${at}/mlp/down_proj/MatMul`, product, weights.down);
    return graph.node(`${at}/Add_1`, 'Add', [first, down]);
  }

  private attention(index: number, weights: LayerWeights, hidden: string, shared: Shared): string {
    const at = `/model/layers.${index}/attn`;
    const { q, k, v } = weights;
    const biases = weights.biases;
    const query = this.project(`${at}/q_proj/MatMul`, hidden, q, biases?.q);
    const key = this.project(`${at}/k_proj/MatMul`, hidden, k, biases?.k);
    const value = this.project(`${at}/v_proj/MatMul`, hidden, v, biases?.v);
    const parts = [query, key, value] as const;
    return this.options.attention === 'gqa'
      ? this.groupQueryAttention(index, weights, parts, shared)
      : this.plainAttention(index, weights, parts, shared);
  }

  /** The contrib operator: rotation, cache and grouped attention in one node. */
  private groupQueryAttention(
    index: number,
    weights: LayerWeights,
    [query, key, value]: readonly [string, string, string],
    shared: Shared,
  ): string {
    const { graph, config } = this;
    const at = `/model/layers.${index}/attn`;
    const normed = (part: 'q' | 'k', input: string, heads: number): string => {
      if (!weights.headNorms) return input;
      const split = this.splitHeads(`${at}/${part}_norm`, input, heads);
      const scaled = this.norm(`${at}/${part}_norm`, split, weights.headNorms[part]);
      return graph.reshape(`${at}/${part}_norm/Merge`, scaled, [0, 0, heads * config.headDim]);
    };
    const past = [`past_key_values.${index}.key`, `past_key_values.${index}.value`];
    return graph.nodeWithOutputs(
      `${at}/GroupQueryAttention`,
      'GroupQueryAttention',
      [
        normed('q', query, config.heads),
        normed('k', key, config.kvHeads),
        value,
        ...past,
        ...shared.lengths,
        shared.rotary.cos,
        shared.rotary.sin,
      ],
      [`${at}/output`, `present.${index}.key`, `present.${index}.value`],
      {
        num_heads: { int: config.heads },
        kv_num_heads: { int: config.kvHeads },
        scale: { float: 1 / Math.sqrt(config.headDim) },
        do_rotary: { int: 1 },
        rotary_interleaved: { int: 0 },
      },
      MICROSOFT,
    );
  }

  /**
   * Grouped attention in ONNX's own operators. Query heads that share a key head are adjacent, so that
   * [heads, s, d] reshaped to [kvHeads, group·s, d] needs no repeated keys, and the scores reshape back.
   */
  private plainAttention(
    index: number,
    weights: LayerWeights,
    [query, key, value]: readonly [string, string, string],
    shared: Shared,
  ): string {
    const { graph, config } = this;
    const at = `/model/layers.${index}/attn`;
    const { heads, kvHeads, headDim } = config;
    const turned = (part: 'q' | 'k', input: string, count: number): string => {
      const split = this.splitHeads(`${at}/${part}`, input, count);
      const normed = weights.headNorms ? this.norm(`${at}/${part}_norm`, split, weights.headNorms[part]) : split;
      return this.rotate(`${at}/${part}_rotary`, this.headsFirst(`${at}/${part}`, normed), shared);
    };
    const keys = this.append(index, 'key', turned('k', key, kvHeads));
    const values = this.append(index, 'value', this.headsFirst(`${at}/v`, this.splitHeads(`${at}/v`, value, kvHeads)));
    const scaled = graph.node(`${at}/Scale`, 'Mul', [
      turned('q', query, heads),
      this.scalar('attention_scale', 1 / Math.sqrt(headDim)),
    ]);
    const grouped = graph.reshape(`${at}/Group`, scaled, [0, kvHeads, -1, headDim]);
    const across = graph.node(`${at}/Transpose`, 'Transpose', [keys], { perm: { ints: [0, 1, 3, 2] } });
    const scores = graph.node(`${at}/Scores`, 'MatMul', [grouped, across]);
    const byHead = graph.reshape(`${at}/Ungroup`, scores, [0, heads, -1, 0]);
    const masked = graph.node(`${at}/Mask`, 'Add', [byHead, shared.mask]);
    const weightsOut = graph.node(`${at}/Softmax`, 'Softmax', [masked], { axis: { int: -1 } });
    const regrouped = graph.reshape(`${at}/Regroup`, weightsOut, [0, kvHeads, -1, 0]);
    const context = graph.node(`${at}/Context`, 'MatMul', [regrouped, values]);
    const separate = graph.reshape(`${at}/Separate`, context, [0, heads, -1, headDim]);
    const tokensFirst = graph.node(`${at}/Merge/Transpose`, 'Transpose', [separate], { perm: { ints: [0, 2, 1, 3] } });
    return graph.reshape(`${at}/Merge`, tokensFirst, [0, 0, heads * headDim]);
  }

  private append(index: number, part: 'key' | 'value', fresh: string): string {
    const present = `present.${index}.${part}`;
    const past = `past_key_values.${index}.${part}`;
    return this.graph.nodeWithOutputs(
      `/model/layers.${index}/attn/${part}/Concat`,
      'Concat',
      [past, fresh],
      [present],
      { axis: { int: 2 } },
    );
  }

  /** x·cos + rotate_half(x)·sin, rotate_half(x) = [−x₂, x₁]. */
  private rotate(at: string, input: string, shared: Shared): string {
    const { graph } = this;
    const half = this.config.headDim / 2;
    const slice = (name: string, from: number, to: number): string =>
      graph.node(`${at}/${name}`, 'Slice', [
        input,
        graph.int64(`from_${from}`, [from]),
        graph.int64(`to_${to}`, [to]),
        graph.int64('axis3', [3]),
      ]);
    const second = graph.node(`${at}/Neg`, 'Neg', [slice('Second', half, 2 * half)]);
    const rotated = graph.node(`${at}/Concat`, 'Concat', [second, slice('First', 0, half)], { axis: { int: -1 } });
    const along = graph.node(`${at}/Cos`, 'Mul', [input, shared.rotary.cos]);
    const across = graph.node(`${at}/Sin`, 'Mul', [rotated, shared.rotary.sin]);
    return graph.node(`${at}/Add`, 'Add', [along, across]);
  }

  private splitHeads(at: string, input: string, heads: number): string {
    return this.graph.reshape(`${at}/Split`, input, [0, 0, heads, this.config.headDim]);
  }

  private headsFirst(at: string, input: string): string {
    return this.graph.node(`${at}/HeadsFirst`, 'Transpose', [input], { perm: { ints: [0, 2, 1, 3] } });
  }

  /** x / √(mean(x²) + ε) · w over the last axis, in f32 also where the model is f16, as Hugging Face's graphs do. */
  private norm(at: string, input: string, spec: VectorSpec): string {
    const { graph } = this;
    const wide = this.float === 'float16' ? graph.cast(`${at}/Widen`, input, 'float32') : input;
    const squared = graph.node(`${at}/Pow`, 'Pow', [wide, graph.float32('two', 2)]);
    const mean = graph.node(`${at}/ReduceMean`, 'ReduceMean', [squared, graph.int64('last_axis', [-1])]);
    const sum = graph.node(`${at}/Add`, 'Add', [mean, graph.float32('epsilon', this.config.rmsEpsilon)]);
    const root = graph.node(`${at}/Sqrt`, 'Sqrt', [sum]);
    const unit = graph.node(`${at}/Div`, 'Div', [wide, root]);
    const narrow = this.float === 'float16' ? graph.cast(`${at}/Narrow`, unit, 'float16') : unit;
    return graph.node(`${at}/Mul`, 'Mul', [narrow, this.vector(spec)]);
  }

  private project(name: string, input: string, spec: MatrixSpec, bias?: VectorSpec): string {
    const { graph } = this;
    const product =
      this.options.type === 'int4'
        ? this.quantisedProject(name, input, spec)
        : graph.node(name, 'MatMul', [input, this.floatMatrix(spec)]);
    return bias ? graph.node(name.replace('MatMul', 'Add'), 'Add', [product, this.vector(bias)]) : product;
  }

  /** com.microsoft MatMulNBits: [outputs, inputs/32, 16] nibble pairs and one scale a block of 32; zero point 8. */
  private quantisedProject(name: string, input: string, spec: MatrixSpec): string {
    const { graph } = this;
    const { seed } = this.options;
    const blocks = spec.inputs / INT4_BLOCK;
    const packed = graph.initializer({
      name: `${spec.name}_Q4`,
      type: 'uint8',
      dims: [spec.outputs, blocks, INT4_BLOCK / 2],
      fill: (target) => fillInt4(target, seed, spec.name),
    });
    const scale = spec.deviation / INT4_DEVIATION;
    const scales = this.uniform(`${spec.name}_scales`, [spec.outputs * blocks], 'float32', 0.1 * scale, scale);
    const attributes = { K: { int: spec.inputs }, N: { int: spec.outputs }, bits: { int: 4 }, block_size: { int: 32 } };
    return graph.node(`${name}_Q4`, 'MatMulNBits', [input, packed, scales], attributes, MICROSOFT);
  }

  private floatMatrix(spec: MatrixSpec): string {
    return this.uniform(spec.name, [spec.inputs, spec.outputs], this.float, spec.deviation, 0);
  }

  private vector(spec: VectorSpec): string {
    return this.uniform(spec.name, [spec.length], this.float, spec.deviation, spec.mean);
  }

  private uniform(name: string, dims: number[], type: ElementType, deviation: number, mean: number): string {
    const { seed } = this.options;
    const fill: Initializer['fill'] = (target) => {
      if (type === 'float16') {
        const halves = new Uint16Array(target.buffer, target.byteOffset, target.byteLength / 2);
        fillUniformHalf(halves, seed, name, deviation, mean);
      } else {
        const floats = new Float32Array(target.buffer, target.byteOffset, target.byteLength / 4);
        fillUniform(floats, seed, name, deviation, mean);
      }
    };
    return this.graph.initializer({ name, type, dims, fill });
  }

  /** Tables of [positions, headDim / 2 × repeats]; `repeats` 2 gives both halves of a head. */
  private rotaryTensors(repeats: 1 | 2): { cos: string; sin: string } {
    const { positions } = this.options;
    const half = this.config.headDim / 2;
    const tables = rotaryTables(this.config, positions);
    const wide = (table: Float64Array): Float64Array =>
      Float64Array.from({ length: positions * half * repeats }, (_, i) => {
        const row = Math.floor(i / (half * repeats));
        return table[row * half + (i % half)]!;
      });
    const dims = [positions, half * repeats];
    return {
      cos: this.graph.constant('cos_cache', this.float, dims, wide(tables.cos)),
      sin: this.graph.constant('sin_cache', this.float, dims, wide(tables.sin)),
    };
  }

  private scalar(name: string, value: number): string {
    return this.graph.constant(name, this.float, [], [value]);
  }
}
