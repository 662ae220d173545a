import { describe, expect, it } from 'vitest';
import { ACCELERATORS, ARCHITECTURES, findAccelerator, findArchitecture } from './catalogue.ts';
import { SERVING_CONSTANTS, SERVING_SPREADS } from './constants.ts';
import { PARAMETERS } from './parameters.ts';
import { measuredPoints } from './points.ts';
import { findLpu, LPUS } from './single-stream.ts';
import { densePerToken, expertParameters } from './step.ts';

describe('catalogue of the serving model', () => {
  it('gives every entry a source and a year', () => {
    const numbers = [...SERVING_CONSTANTS, ...Object.values(SERVING_SPREADS), ...Object.values(PARAMETERS)];
    for (const entry of [...ACCELERATORS, ...ARCHITECTURES, ...LPUS.lpus, LPUS.speculationGain, ...numbers]) {
      expect(entry.source.length, JSON.stringify(entry)).toBeGreaterThan(10);
      expect(entry.date).toMatch(/^20\d\d(-\d\d){0,2}$/);
    }
  });

  it.each([
    ['NVIDIA H200-NVL-141GB', 'H200 NVL'],
    ['h200_sxm', 'H200 SXM'],
    ['AMD Instinct MI325X 256GB HBM3e', 'MI325X'],
    ['Apple M2 Ultra (76)', 'Apple M2 Ultra'],
    ['[MAXSUN] MS-Intel Arc Pro B60 Dual 48G Turbo', 'Arc Pro B60'],
    ['NVIDIA Vera Rubin NVL72', 'Rubin R200'],
    ['RTX 4070 Ti', 'RTX 4070 Ti'],
  ])('finds %s', (name, found) => {
    expect(findAccelerator(name)?.name).toBe(found);
  });

  it.each(['Rubin CPX', 'RTX 4090 Laptop', 'H1000', ''])('does not take %j for something else', (name) => {
    expect(findAccelerator(name)).toBeUndefined();
  });

  it('finds models by repository, spelling and suffix', () => {
    expect(findArchitecture('meta-llama/Llama-3.3-70B-Instruct')?.name).toBe('llama-3.1-70b');
    expect(findArchitecture('llama2-70b-99.9')?.name).toBe('llama-2-70b');
    expect(findArchitecture('llama-3.1-71b')).toBeUndefined();
  });

  it('holds the hardware and model of every measured point', () => {
    for (const { id, hardware, model } of measuredPoints()) {
      expect(findAccelerator(hardware) ?? findLpu(hardware), id).toBeDefined();
      expect(findArchitecture(model), id).toBeDefined();
    }
  });

  it('counts the parameters that a token meets as their makers do', () => {
    const active = (name: string): number => {
      const model = findArchitecture(name)!;
      const share = model.experts ? model.experts.chosen / model.experts.count : 0;
      return densePerToken(model) + model.embeddingParameters + expertParameters(model) * share;
    };
    expect(active('deepseek-r1') / 37e9).toBeCloseTo(1, 1);
    expect(active('gpt-oss-120b') / 5.1e9).toBeCloseTo(1.1, 0);
    expect(active('mixtral-8x7b') / 12.9e9).toBeCloseTo(1, 2);
    expect(active('qwen3-235b-a22b') / 22e9).toBeCloseTo(1, 1);
  });
});
