import { describe, expect, it } from 'vitest';
import { DECODERS, findDecoder, parameterCount } from './decoders.ts';

describe('decoder shapes', () => {
  // Totals as the model cards' safetensors metadata give them: a wrong dimension anywhere would not add up.
  it.each([
    ['smollm2-135m', 134_515_008],
    ['smollm2-360m', 361_821_120],
    ['qwen2.5-0.5b', 494_032_768],
    ['qwen3-0.6b', 596_049_920],
    ['llama-3.2-1b', 1_235_814_400],
    ['qwen2.5-1.5b', 1_543_714_304],
    ['llama-3.2-3b', 3_212_749_824],
    ['llama-3.1-8b', 8_030_261_248],
    ['olmoe-1b-7b', 6_919_161_856],
    ['gpt-oss-20b', 20_914_757_184],
    ['qwen3-30b-a3b', 30_532_122_624],
  ])('%s has the published number of parameters', (name, expected) => {
    expect(parameterCount(findDecoder(name))).toBe(expected);
  });

  it('every shape divides: query heads by key heads, head width by two, matrices by int4 blocks', () => {
    for (const config of DECODERS) {
      expect(config.heads % config.kvHeads, config.name).toBe(0);
      expect(config.headDim % 2, config.name).toBe(0);
      for (const inputs of [config.hidden, config.intermediate, config.heads * config.headDim]) {
        expect(inputs % 32, config.name).toBe(0);
      }
    }
  });

  it('an unknown name lists the known ones', () => {
    expect(() => findDecoder('gpt-5')).toThrow(/unknown decoder 'gpt-5'.*test-4x128.*llama-3\.2-1b/);
  });
});
