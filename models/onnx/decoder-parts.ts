// The pieces every decoder graph is made of: weights as graph tensors, projections, norms, rotary tables. Knows neither the
// order of a forward pass nor how attention is written.
import { INT4_BLOCK, type WeightType } from '../decoder-cost.ts';
import type { DecoderConfig } from '../decoders.ts';
import { rotaryTables } from '../rope.ts';
import type { MatrixSpec, VectorSpec } from './decoder-weights.ts';
import { type GraphBuilder, MICROSOFT } from './graph-builder.ts';
import type { WeightFills } from './weight-fills.ts';

export interface PartOptions {
  readonly type: WeightType;
  readonly weights: WeightFills;
  /** Rows of the rotary tables: the longest context the file can serve, tokens. */
  readonly positions: number;
}

export class DecoderParts {
  readonly graph: GraphBuilder;
  readonly config: DecoderConfig;
  readonly options: PartOptions;
  /** Element type of activations, norms and cache. */
  readonly float: 'float32' | 'float16';

  constructor(graph: GraphBuilder, config: DecoderConfig, options: PartOptions) {
    this.graph = graph;
    this.config = config;
    this.options = options;
    this.float = options.type === 'f16' ? 'float16' : 'float32';
  }

  /** x / √(mean(x²) + ε) · w over the last axis, in f32 also where the model is f16, as Hugging Face's graphs do. */
  norm(at: string, input: string, spec: VectorSpec): string {
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

  /** x · W, plus a bias where one is given. */
  project(name: string, input: string, spec: MatrixSpec, bias?: VectorSpec): string {
    const { graph } = this;
    const product =
      this.options.type === 'int4'
        ? this.quantisedProject(name, input, spec)
        : graph.node(name, 'MatMul', [input, this.matrix(spec)]);
    return bias ? graph.node(name.replace('MatMul', 'Add'), 'Add', [product, this.vector(bias)]) : product;
  }

  /** com.microsoft MatMulNBits: [outputs, inputs/32, 16] nibble pairs and one scale a block of 32; zero point 8. */
  private quantisedProject(name: string, input: string, spec: MatrixSpec): string {
    const { graph } = this;
    const { weights } = this.options;
    const blocks = spec.inputs / INT4_BLOCK;
    const packed = graph.initializer({
      name: `${spec.name}_Q4`,
      type: 'uint8',
      dims: [spec.outputs, blocks, INT4_BLOCK / 2],
      fill: weights.nibbles(spec),
    });
    const scales = graph.initializer({
      name: `${spec.name}_scales`,
      type: 'float32',
      dims: [spec.outputs * blocks],
      fill: weights.scales(spec),
    });
    const attributes = { K: { int: spec.inputs }, N: { int: spec.outputs }, bits: { int: 4 }, block_size: { int: 32 } };
    return graph.node(`${name}_Q4`, 'MatMulNBits', [input, packed, scales], attributes, MICROSOFT);
  }

  /** A matrix at full width, [inputs, outputs]. */
  matrix(spec: MatrixSpec): string {
    return this.weight(spec, [spec.inputs, spec.outputs]);
  }

  private vector(spec: VectorSpec): string {
    return this.weight(spec, [spec.length]);
  }

  private weight(spec: MatrixSpec | VectorSpec, dims: number[]): string {
    const { graph, float, options } = this;
    return graph.initializer({ name: spec.name, type: float, dims, fill: options.weights.floats(spec, float) });
  }

  /** Tables of [positions, headDim / 2 × repeats]; `repeats` 2 gives both halves of a head. */
  rotaryTensors(repeats: 1 | 2): { cos: string; sin: string } {
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

  /** The mask as f32: a lookup, because webgpu has no cast from int64 and would leave the GPU for it. */
  realTokens(): string {
    const table = this.graph.constant('zero_one', 'float32', [2], [0, 1]);
    return this.graph.node('/model/mask/real', 'Gather', [table, 'attention_mask']);
  }

  /** [batch, tokens, heads · headDim] to [batch, tokens, heads, headDim]. */
  splitHeads(at: string, input: string, heads: number): string {
    return this.graph.reshape(`${at}/Split`, input, [0, 0, heads, this.config.headDim]);
  }

  scalar(name: string, value: number): string {
    return this.graph.constant(name, this.float, [], [value]);
  }
}
