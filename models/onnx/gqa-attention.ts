// Attention as com.microsoft GroupQueryAttention: rotation, cache and grouped heads in one node, the form of exports made
// for onnxruntime. Knows nothing of the rest of a layer.
import type { AttentionWriter } from './attention-writer.ts';
import type { DecoderParts } from './decoder-parts.ts';
import { MICROSOFT } from './graph-builder.ts';

/** Writes what all layers share, the context lengths, at once. */
export function gqaAttention(parts: DecoderParts): AttentionWriter {
  const { graph, config } = parts;
  const tables = parts.rotaryTensors(1);
  const lengths = contextLengths(parts);
  return (layer, { headNorms }, [query, key, value]) => {
    const at = `/model/layers.${layer}/attn`;
    const normed = (part: 'q' | 'k', input: string, heads: number): string => {
      if (!headNorms) return input;
      const split = parts.splitHeads(`${at}/${part}_norm`, input, heads);
      const scaled = parts.norm(`${at}/${part}_norm`, split, headNorms[part]);
      return graph.reshape(`${at}/${part}_norm/Merge`, scaled, [0, 0, heads * config.headDim]);
    };
    const turned = [normed('q', query, config.heads), normed('k', key, config.kvHeads)];
    const past = [`past_key_values.${layer}.key`, `past_key_values.${layer}.value`];
    return graph.nodeWithOutputs(
      `${at}/GroupQueryAttention`,
      'GroupQueryAttention',
      [...turned, value, ...past, ...lengths, tables.cos, tables.sin],
      [`${at}/output`, `present.${layer}.key`, `present.${layer}.value`],
      {
        num_heads: { int: config.heads },
        kv_num_heads: { int: config.kvHeads },
        scale: { float: 1 / Math.sqrt(config.headDim) },
        do_rotary: { int: 1 },
        rotary_interleaved: { int: 0 },
      },
      MICROSOFT,
    );
  };
}

/** Index of the last real token of each row, and the context's length over all rows, both int32. */
function contextLengths(parts: DecoderParts): readonly [string, string] {
  const { graph } = parts;
  const axes = graph.int64('axis1', [1]);
  const sum = graph.node('/model/mask/ReduceSum', 'ReduceSum', [parts.realTokens(), axes], { keepdims: { int: 0 } });
  const less = graph.node('/model/mask/Sub', 'Sub', [sum, graph.float32('one_f32', 1)]);
  const last = graph.cast('/model/mask/Cast', less, 'int32');
  const shape = graph.node('/model/mask/Shape', 'Shape', ['attention_mask'], { start: { int: 1 }, end: { int: 2 } });
  return [last, graph.cast('/model/mask/total/Cast', shape, 'int32')];
}
