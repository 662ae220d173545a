import { describe, expect, it } from 'vitest';
import { UserError } from '../src/core/errors.ts';
import {
  decoderCaseId,
  installCommand,
  isDecoderId,
  knownFault,
  listDecoderCases,
  OWN_RUNTIMES,
  parseDecoderCase,
} from './decoder-cases.ts';
import { generationCost, prefillCost } from './decoder-cost.ts';
import { dispatchesPerRun, estimateDecoderCost } from './decoder-estimate.ts';
import { findDecoder } from './decoders.ts';

const GQA = 'model/ort-webgpu/test-4x128:prompt=64;new=16;type=f32;attention=gqa';

describe('decoder cases', () => {
  it('every listed id is read back to itself and is unique', () => {
    const ids = listDecoderCases().map((item) => item.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) {
      expect(isDecoderId(id)).toBe(true);
      expect(decoderCaseId(parseDecoderCase(id))).toBe(id);
    }
  });

  it('the smoke suite holds the smallest decoder on every runtime', () => {
    const smoke = listDecoderCases().filter((item) => item.suites.includes('smoke'));
    expect(smoke.map((item) => parseDecoderCase(item.id).runtime).sort()).toEqual([...OWN_RUNTIMES].sort());
    expect(new Set(smoke.map((item) => parseDecoderCase(item.id).model))).toEqual(new Set(['test-4x128']));
  });

  it('every case is in full but those beside the optional runtimes', () => {
    const others = listDecoderCases().filter((item) => !item.suites.includes('full'));
    expect(others.every((item) => item.suites.join() === 'extras')).toBe(true);
    const runtimes = others.map((item) => parseDecoderCase(item.id).runtime);
    expect(runtimes).toEqual(expect.arrayContaining(['wllama', 'transformers.js']));
  });

  it.each([
    ['model/ort-webgpu/test-4x128:prompt=0;new=4', /prompt=0 must be a whole number/],
    ['model/ort-webgpu/test-4x128:prompt=4;new=1', /new=1 must be a whole number of tokens, at least 2/],
    ['model/ort-webgpu/test-4x128:prompt=4;new=4;type=f8', /unknown type 'f8'.*f32, f16, int4/],
    ['model/ort-webgpu/test-4x128:prompt=4;new=4;batch=2', /unknown parameter.*'batch'/],
    ['model/wgsl/test-4x128:prompt=4;new=4;attention=plain', /unknown parameter.*'attention'/],
    ['model/wgsl/test-4x128:prompt=4;new=4;heldout=2', /unknown parameter.*'heldout'/],
    ['model/wgsl/tiny:prompt=4;new=4;heldout=0', /heldout=0 must be a whole number/],
    ['model/wgsl/tiny:prompt=4;new=4;temperature=-1', /temperature=-1 must be a number, 0 or above/],
    ['model/wgsl/tiny:prompt=4;new=4;temperature=hot', /temperature=hot must be a number/],
    ['model/wgsl/tiny:prompt=4;new=4;batch=2;temperature=1', /unknown parameter.*'temperature'/],
    ['model/ort-cuda/test-4x128:prompt=4;new=4', /unknown model runtime 'ort-cuda'/],
    ['model/ort-wasm/test-9:prompt=4;new=4', /unknown decoder 'test-9'/],
  ])('%s is refused', (id, message) => {
    expect(() => parseDecoderCase(id)).toThrow(UserError);
    expect(() => parseDecoderCase(id)).toThrow(message);
  });

  it('a graph that a runtime does not read makes no second case of it', () => {
    const ids = listDecoderCases().map((item) => item.id);
    const alike = ids.filter((id) => id.includes('/test-4x128:prompt=64;new=16;type=f32'));
    expect(alike.map((id) => parseDecoderCase(id).runtime).sort()).toEqual(
      ['ort-wasm', 'ort-wasm', 'ort-webgpu', 'ort-webgpu', 'wgsl'].filter((name) =>
        ids.some((id) => id.includes(name)),
      ),
    );
  });

  it('an estimate counts the cold, warm and forced generations, and the held-out text', () => {
    const config = findDecoder('test-4x128');
    const item = parseDecoderCase(GQA);
    const one = generationCost(config, 'f32', 64, 16);
    const estimate = estimateDecoderCost(item, config, 3, { windows: 2, context: 256 });
    expect(estimate.flops).toBe(5 * one.flops + 2 * prefillCost(config, 'f32', 256).flops);
    expect(estimate.runs).toBe(5 * 16 + 2);
    expect(estimate.dispatches).toBe((5 * 16 + 2) * dispatchesPerRun(config, 'gqa'));
    expect(estimateDecoderCost({ ...item, runtime: 'ort-wasm' }, config).dispatches).toBe(0);
    expect(estimateDecoderCost({ ...item, runtime: 'transformers.js' }, config).dispatches).toBeGreaterThan(0);
  });

  it('an optional runtime tells what to type to have it', () => {
    expect(installCommand('transformers.js')).toBe('npm install --no-save @huggingface/transformers@4.3.1');
  });

  it('the GroupQueryAttention fault is known only where it was seen', () => {
    expect(knownFault(GQA, true)).toMatch(/32 tokens/);
    expect(knownFault(GQA, false)).toBeNull();
    expect(knownFault(GQA.replace('prompt=64', 'prompt=24'), true)).toBeNull();
    expect(knownFault(GQA.replace('gqa', 'plain'), true)).toBeNull();
    expect(knownFault(GQA.replace('ort-webgpu', 'ort-wasm'), true)).toBeNull();
  });
});
