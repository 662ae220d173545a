import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findDecoder } from '../decoders.ts';
import { sourceOfBytes } from '../files/byte-source.ts';
import { openTiny, tinyWeightsUrl } from '../tiny/open-tiny.ts';
import { openSafetensors } from './reader.ts';
import { safetensorsWeights } from './weights.ts';

const file = await openSafetensors(sourceOfBytes('tiny.safetensors', readFileSync(tinyWeightsUrl())));
const tiny = await openTiny(file.source);

describe('safetensorsWeights', () => {
  it('gives every tensor of the config from one file or from shards', async () => {
    const half = file.entries.length >> 1;
    const shards = [
      { ...file, entries: file.entries.slice(0, half) },
      { ...file, entries: file.entries.slice(half) },
    ];
    const sharded = safetensorsWeights(tiny.config, shards);
    expect(sharded.names).toEqual(tiny.names);
    for (const name of ['model.norm.weight', 'model.embed_tokens.weight']) {
      expect(await sharded.tensor(name)).toEqual(await tiny.tensor(name));
    }
  });

  it('names what is missing, of another shape, twice there, or asked for in vain', async () => {
    expect(() => safetensorsWeights(findDecoder('test-4x128'), [file])).toThrow(
      "tiny.safetensors: tensor 'model.embed_tokens.weight' is [256,192]; the config asks for [512,128]",
    );
    expect(() => safetensorsWeights({ ...tiny.config, tiedEmbeddings: false }, [file])).toThrow(
      "tiny.safetensors: tensor 'lm_head.weight' is missing; the config asks for [256,192]",
    );
    expect(() => safetensorsWeights(tiny.config, [file, file])).toThrow(/is also in tiny\.safetensors/);
    await expect(tiny.tensor('model.norm')).rejects.toThrow("tiny.safetensors: no tensor 'model.norm'");
  });

  it('refuses experts that stand in one tensor', () => {
    const name = 'model.layers.0.mlp.experts.gate_up_proj_blocks';
    const entries = [...file.entries, { ...file.entries[0]!, name }];
    expect(() => safetensorsWeights(tiny.config, [{ ...file, entries }])).toThrow(
      `tensor '${name}': experts in one tensor are not read from safetensors. Supported: one tensor an expert, or a GGUF file`,
    );
  });

  it('refuses a needed tensor of a type we do not compute with before anything is read', () => {
    const entries = file.entries.map((entry) => ({ ...entry, dtype: 'I8' }));
    expect(() => safetensorsWeights(tiny.config, [{ ...file, entries }])).toThrow(
      /is I8, which we do not compute with/,
    );
  });
});
