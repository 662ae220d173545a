// Turns a decoder config into an ONNX graph with Hugging Face's input and output names: the forward pass, operator by
// operator. Knows no bytes of the file format.
import { UserError } from '../../src/core/errors.ts';
import type { AttentionForm } from '../decoder-cases.ts';
import type { DecoderConfig } from '../decoders.ts';
import type { AttentionWriter } from './attention-writer.ts';
import { DecoderParts, type PartOptions } from './decoder-parts.ts';
import { type DecoderWeights, decoderWeights, type LayerWeights } from './decoder-weights.ts';
import { gqaAttention } from './gqa-attention.ts';
import { GraphBuilder } from './graph-builder.ts';
import { plainAttention } from './plain-attention.ts';
import type { Graph } from './writer.ts';

export interface DecoderGraphOptions extends PartOptions {
  readonly attention: AttentionForm;
}

/** The newest operator set whose every operator used here onnxruntime-web 1.30 has on webgpu. */
const OPSET = 20;

/** What a config asks for and a graph does not have; null when it can be written. */
export function graphLacks(config: DecoderConfig): string | null {
  if (config.experts) return 'experts';
  if (config.slidingWindow) return 'a sliding window';
  if (config.attentionSinks) return 'attention sinks';
  if (config.outputBias || config.mlpBias) return 'biases on o, gate, up or down';
  if (config.qkNorm === 'projection') return 'a norm over all of q and k';
  return config.activation === 'swiglu' ? null : `the activation ${config.activation}`;
}

/** The graph of a decoder; weights are drawn or read when the file is written. A UserError for a part that graphs do not have. */
export function buildDecoderGraph(config: DecoderConfig, options: DecoderGraphOptions): Graph {
  const lacking = graphLacks(config);
  if (lacking) throw new UserError(`${config.name}: no ONNX graph is written for a decoder with ${lacking}`);
  const graph = new GraphBuilder(`${config.name}-${options.type}-${options.attention}`, OPSET);
  const parts = new DecoderParts(graph, config, options);
  const weights = decoderWeights(config);
  graph.input('input_ids', 'int64', ['batch_size', 'sequence_length']);
  graph.input('attention_mask', 'int64', ['batch_size', 'total_sequence_length']);
  graph.input('position_ids', 'int64', ['batch_size', 'sequence_length']);
  graph.output('logits', parts.float, ['batch_size', 'sequence_length', config.vocab]);
  declareCache(parts);
  const attention = options.attention === 'gqa' ? gqaAttention(parts) : plainAttention(parts);
  let hidden = embed(parts, weights);
  for (const [index, layer] of weights.layers.entries()) hidden = writeLayer(parts, attention, index, layer, hidden);
  writeHead(parts, weights, parts.norm('/model/norm', hidden, weights.finalNorm));
  return graph.finish();
}

function declareCache({ graph, config, float }: DecoderParts): void {
  for (let layer = 0; layer < config.layers; layer++) {
    for (const part of ['key', 'value']) {
      const dims = (length: string) => ['batch_size', config.kvHeads, length, config.headDim];
      graph.input(`past_key_values.${layer}.${part}`, float, dims('past_sequence_length'));
      graph.output(`present.${layer}.${part}`, float, dims('total_sequence_length'));
    }
  }
}

/** The table lies transposed, [hidden, vocab], so that a tied output projection can use the very same tensor. */
function embed(parts: DecoderParts, { embedding }: DecoderWeights): string {
  const at = '/model/embed_tokens';
  const inputs = [parts.matrix(embedding), 'input_ids'];
  const columns = parts.graph.node(`${at}/Gather`, 'Gather', inputs, { axis: { int: 1 } });
  return parts.graph.node(`${at}/Transpose`, 'Transpose', [columns], { perm: { ints: [1, 2, 0] } });
}

/** A tied head shares the embedding, but for int4, which quantises a copy of it. */
function writeHead(parts: DecoderParts, { head, embedding }: DecoderWeights, hidden: string): void {
  const tied = parts.options.type === 'int4' ? { ...embedding, name: 'lm_head.weight' } : embedding;
  parts.graph.rename(parts.project('/lm_head/MatMul', hidden, head ?? tied), 'logits');
}

/** Attention and SwiGLU, each over a norm of the residual stream and added to it. */
function writeLayer(
  parts: DecoderParts,
  attention: AttentionWriter,
  index: number,
  weights: LayerWeights,
  hidden: string,
): string {
  const { graph } = parts;
  const at = `/model/layers.${index}`;
  const normed = parts.norm(`${at}/input_layernorm`, hidden, weights.inputNorm);
  const projected = (part: 'q' | 'k' | 'v'): string =>
    parts.project(`${at}/attn/${part}_proj/MatMul`, normed, weights[part], weights.biases?.[part]);
  const attended = attention(index, weights, [projected('q'), projected('k'), projected('v')]);
  const output = parts.project(`${at}/attn/o_proj/MatMul`, attended, weights.o);
  const first = graph.node(`${at}/Add`, 'Add', [hidden, output]);
  const second = parts.norm(`${at}/post_attention_layernorm`, first, weights.postNorm);
  const mlp = weights.mlps[0]!;
  const gate = parts.project(`${at}/mlp/gate_proj/MatMul`, second, mlp.gate);
  const up = parts.project(`${at}/mlp/up_proj/MatMul`, second, mlp.up);
  const sigmoid = graph.node(`${at}/mlp/Sigmoid`, 'Sigmoid', [gate]);
  const silu = graph.node(`${at}/mlp/Silu`, 'Mul', [gate, sigmoid]);
  const product = graph.node(`${at}/mlp/Mul`, 'Mul', [silu, up]);
  const down = parts.project(`${at}/mlp/down_proj/MatMul`, product, mlp.down);
  return graph.node(`${at}/Add_1`, 'Add', [first, down]);
}
