// Attention in ONNX's own operators: rotation, causal mask, cache, softmax. Every operator here runs on onnxruntime-web's
// webgpu provider. Knows nothing of the rest of a layer.
import type { AttentionWriter } from './attention-writer.ts';
import type { DecoderParts } from './decoder-parts.ts';

/** Added to hidden scores; the largest round number f16 holds with room for a score. */
const MASKED = -60000;
/** A position after every query. */
const FAR = 1e9;

interface Rotary {
  readonly cos: string;
  readonly sin: string;
}

/**
 * Writes what all layers share, rotary rows and mask, at once. Query heads that share a key head are adjacent, so that
 * [heads, s, d] reshaped to [kvHeads, group·s, d] needs no repeated keys, and the scores reshape back.
 */
export function plainAttention(parts: DecoderParts): AttentionWriter {
  const { graph, config } = parts;
  const { heads, kvHeads, headDim } = config;
  const rotary = rotaryRows(parts);
  const mask = causalMask(parts);
  return (layer, { headNorms }, [query, key, value]) => {
    const at = `/model/layers.${layer}/attn`;
    const headsFirst = (name: string, input: string): string =>
      graph.node(`${at}/${name}/HeadsFirst`, 'Transpose', [input], { perm: { ints: [0, 2, 1, 3] } });
    const turned = (part: 'q' | 'k', input: string, count: number): string => {
      const split = parts.splitHeads(`${at}/${part}`, input, count);
      const normed = headNorms ? parts.norm(`${at}/${part}_norm`, split, headNorms[part]) : split;
      return rotate(parts, `${at}/${part}_rotary`, headsFirst(part, normed), rotary);
    };
    const append = (part: 'key' | 'value', fresh: string): string => {
      const inputs = [`past_key_values.${layer}.${part}`, fresh];
      const output = [`present.${layer}.${part}`] as const;
      return graph.nodeWithOutputs(`${at}/${part}/Concat`, 'Concat', inputs, output, { axis: { int: 2 } });
    };
    const keys = append('key', turned('k', key, kvHeads));
    const values = append('value', headsFirst('v', parts.splitHeads(`${at}/v`, value, kvHeads)));
    const scale = parts.scalar('attention_scale', 1 / Math.sqrt(headDim));
    const scaled = graph.node(`${at}/Scale`, 'Mul', [turned('q', query, heads), scale]);
    const grouped = graph.reshape(`${at}/Group`, scaled, [0, kvHeads, -1, headDim]);
    const across = graph.node(`${at}/Transpose`, 'Transpose', [keys], { perm: { ints: [0, 1, 3, 2] } });
    const scores = graph.node(`${at}/Scores`, 'MatMul', [grouped, across]);
    const byHead = graph.reshape(`${at}/Ungroup`, scores, [0, heads, -1, 0]);
    const masked = graph.node(`${at}/Mask`, 'Add', [byHead, mask]);
    const shares = graph.node(`${at}/Softmax`, 'Softmax', [masked], { axis: { int: -1 } });
    const regrouped = graph.reshape(`${at}/Regroup`, shares, [0, kvHeads, -1, 0]);
    const context = graph.node(`${at}/Context`, 'MatMul', [regrouped, values]);
    const separate = graph.reshape(`${at}/Separate`, context, [0, heads, -1, headDim]);
    const tokensFirst = graph.node(`${at}/Merge/Transpose`, 'Transpose', [separate], { perm: { ints: [0, 2, 1, 3] } });
    return graph.reshape(`${at}/Merge`, tokensFirst, [0, 0, heads * headDim]);
  };
}

/** Cosines and sines at the given positions, [batch, 1, tokens, headDim]. */
function rotaryRows(parts: DecoderParts): Rotary {
  const { graph } = parts;
  const tables = parts.rotaryTensors(2);
  const at = (part: 'cos' | 'sin'): string => {
    const name = `/model/rotary/${part}`;
    const rows = graph.node(`${name}/Gather`, 'Gather', [tables[part], 'position_ids'], { axis: { int: 0 } });
    return graph.node(`${name}/Unsqueeze`, 'Unsqueeze', [rows, graph.int64('axis1', [1])]);
  };
  return { cos: at('cos'), sin: at('sin') };
}

/**
 * 0 where key j may be seen by query i, MASKED elsewhere, [batch, 1, tokens, context]. A key may be seen when it is not
 * padding and its position (the count of real tokens before it) is not after the query's. Counted in f32, exact to 2^24.
 */
function causalMask(parts: DecoderParts): string {
  const { graph } = parts;
  const real = parts.realTokens();
  const count = graph.node('/model/mask/CumSum', 'CumSum', [real, graph.int64('axis_scalar', [1], [])]);
  const index = graph.node('/model/mask/Index', 'Sub', [count, graph.float32('one_f32', 1)]);
  const scaled = graph.node('/model/mask/Scaled', 'Mul', [real, graph.float32('minus_far', -FAR)]);
  const padding = graph.node('/model/mask/Padding', 'Add', [scaled, graph.float32('far', FAR)]);
  const far = graph.node('/model/mask/Max', 'Max', [padding, index]);
  const keys = graph.node('/model/mask/Keys', 'Unsqueeze', [far, graph.int64('axes12', [1, 2])]);
  const positions = graph.node('/model/mask/Positions', 'Gather', [counting(parts), 'position_ids']);
  const queries = graph.node('/model/mask/Queries', 'Unsqueeze', [positions, graph.int64('axes13', [1, 3])]);
  const hidden = graph.node('/model/mask/Greater', 'Greater', [keys, queries]);
  return graph.node('/model/mask/Where', 'Where', [hidden, parts.scalar('masked', MASKED), parts.scalar('seen', 0)]);
}

/** 0, 1, 2, … in f32, the table that turns positions into numbers. */
function counting({ graph, options: { positions } }: DecoderParts): string {
  const numbers = Float64Array.from({ length: positions }, (_, i) => i);
  return graph.constant('counting', 'float32', [positions], numbers);
}

/** x·cos + rotate_half(x)·sin, rotate_half(x) = [−x₂, x₁]. */
function rotate({ graph, config }: DecoderParts, at: string, input: string, rotary: Rotary): string {
  const half = config.headDim / 2;
  const slice = (name: string, from: number, to: number): string => {
    const bounds = [graph.int64(`from_${from}`, [from]), graph.int64(`to_${to}`, [to]), graph.int64('axis3', [3])];
    return graph.node(`${at}/${name}`, 'Slice', [input, ...bounds]);
  };
  const second = graph.node(`${at}/Neg`, 'Neg', [slice('Second', half, 2 * half)]);
  const rotated = graph.node(`${at}/Concat`, 'Concat', [second, slice('First', 0, half)], { axis: { int: -1 } });
  const along = graph.node(`${at}/Cos`, 'Mul', [input, rotary.cos]);
  const across = graph.node(`${at}/Sin`, 'Mul', [rotated, rotary.sin]);
  return graph.node(`${at}/Add`, 'Add', [along, across]);
}
