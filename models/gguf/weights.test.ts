// What is not supported is named, with what is.
import { describe, expect, it } from 'vitest';
import { type DecoderConfig, findDecoder } from '../decoders.ts';
import { joinedSource } from '../files/joined.test-support.ts';
import { seededWeights } from '../onnx/seeded-weights.ts';
import { type GgufFile, type GgufTensor, type MetadataValue, openGguf } from './header.ts';
import { ggufWeights } from './weights.ts';
import { writeGguf } from './writer.ts';

const small: DecoderConfig = { ...findDecoder('test-4x128'), layers: 1, hidden: 64, vocab: 96, intermediate: 64 };
const options = { type: 'same', contextLength: 64, tokenizer: [] } as const;

async function written(config = small): Promise<GgufFile> {
  return openGguf(await joinedSource('own.gguf', writeGguf(seededWeights(config, 'f32', 3), options)));
}

async function withMetadata(changes: Record<string, MetadataValue | undefined>): Promise<GgufFile> {
  const file = await written();
  const metadata = new Map(file.metadata);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) metadata.delete(key);
    else metadata.set(key, value);
  }
  return { ...file, metadata };
}

async function withTensors(change: (tensor: GgufTensor) => GgufTensor[]): Promise<GgufFile> {
  const file = await written();
  return { ...file, tensors: file.tensors.flatMap(change) };
}

describe('ggufWeights', () => {
  it.each<[Record<string, MetadataValue | undefined>, string]>([
    [
      { 'general.architecture': 'gemma3' },
      "architecture 'gemma3' is not supported. Supported: llama, qwen2, qwen3, qwen3moe, olmoe, gpt-oss",
    ],
    [{ 'general.architecture': undefined }, 'no general.architecture is not supported'],
    [{ 'general.architecture': 'constructor' }, "architecture 'constructor' is not supported"],
    [{ 'llama.block_count': 1e9 }, 'llama.block_count is 1000000000; it must be a whole number from 1 to 1024'],
    [{ 'llama.block_count': undefined }, 'llama.block_count is missing'],
    [{ 'llama.attention.head_count': Uint32Array.of(1, 2) }, 'llama.attention.head_count is a list of 2'],
    [{ 'llama.attention.head_count_kv': 3 }, '4 heads are no multiple of 3'],
    [{ 'llama.attention.key_length': 33 }, 'heads of 33: rotation turns pairs'],
    [{ 'llama.rope.dimension_count': 16 }, 'rope.dimension_count 16 is not supported. Supported: 32'],
    [
      { 'llama.rope.scaling.type': 'longrope' },
      "rope scaling 'longrope' is not supported. Supported: none, linear, yarn",
    ],
    [{ 'llama.logit_scale': 0.25 }, 'logit_scale 0.25 is not supported'],
    [
      { 'llama.attention.layer_norm_rms_epsilon': -1 },
      'llama.attention.layer_norm_rms_epsilon is -1; it must be a number above 0',
    ],
    [{ 'llama.embedding_length': 32 }, "tensor 'model.embed_tokens.weight' is [96,64]; the config asks for [96,32]"],
  ])('refuses %j', async (changes, message) => {
    await expect(withMetadata(changes).then((file) => ggufWeights(file))).rejects.toThrow(`own.gguf: ${message}`);
  });

  it('refuses a type that is not read, a missing tensor and one that nobody asks for', async () => {
    const coarse = await withTensors((t) => [t.name === 'blk.0.ffn_up.weight' ? { ...t, type: 'IQ2_XS' } : t]);
    await expect(ggufWeights(coarse)).rejects.toThrow(
      "own.gguf: tensor 'blk.0.ffn_up.weight' is IQ2_XS, which is not read. Supported: F32, F16, BF16, Q4_0, Q5_0, Q8_0, MXFP4, Q4_1, Q5_1, Q4_K, Q5_K, Q6_K",
    );
    const lacking = await withTensors((t) => (t.name === 'blk.0.ffn_up.weight' ? [] : [t]));
    await expect(ggufWeights(lacking)).rejects.toThrow("tensor 'model.layers.0.mlp.up_proj.weight' is missing");
    const more = await withTensors((t) =>
      t.name === 'token_embd.weight' ? [t, { ...t, name: 'rope_factors_long.weight' }] : [t],
    );
    await expect(ggufWeights(more)).rejects.toThrow(
      "tensor 'rope_factors_long.weight' is no part of llama as we compute it",
    );
    const vocabulary = { ...(await written()), tensors: [] };
    await expect(ggufWeights(vocabulary)).rejects.toThrow('the file holds no weights of a decoder');
  });

  it('refuses rope_freqs of no scaling it knows', async () => {
    const llama3 = { kind: 'llama3', factor: 8, lowFreqFactor: 1, highFreqFactor: 4, originalPositions: 8192 } as const;
    const file = await written({ ...small, ropeScaling: llama3, ropeTheta: 5e5 });
    expect((await ggufWeights(file)).config.ropeScaling).toEqual(llama3);
    const metadata = new Map(file.metadata).set('llama.rope.freq_base', 1e4);
    await expect(ggufWeights({ ...file, metadata })).rejects.toThrow('rope_freqs holds factors of no scaling we know');
  });

  it('a name it does not have is refused', async () => {
    const weights = await ggufWeights(await written());
    await expect(weights.tensor('lm_head.weight')).rejects.toThrow("own.gguf: no tensor 'lm_head.weight'");
  });
});
