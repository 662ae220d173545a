import { describe, expect, it } from 'vitest';
import { decodeCost, prefillCost } from './decoder-cost.ts';
import { findDecoder } from './decoders.ts';
import { listLlamaBenchCases, llamaBenchCaseId, llamaBenchCost, parseLlamaBenchCase } from './llama-bench-cases.ts';

describe('llama-bench cases', () => {
  it('pp512 and tg128 of every model on every runtime, each read back to itself', () => {
    const ids = listLlamaBenchCases().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(llamaBenchCaseId(parseLlamaBenchCase(id))).toBe(id);
    expect(ids).toContain('llama-bench/wgsl/llama-3.2-1b:pp=512;type=f16');
    expect(ids).toContain('llama-bench/ort-webgpu/llama-3.2-1b:tg=128;type=int4;attention=gqa');
  });

  it.each([
    ['llama-bench/wgsl/test-4x128:type=f32', /wants one of pp=tokens and tg=tokens/],
    ['llama-bench/wgsl/test-4x128:pp=1;tg=1', /wants one of/],
    ['llama-bench/wgsl/test-4x128:pp=0', /pp=0 must be a whole number/],
    ['llama-bench/wgsl/test-4x128:pp=8;new=4', /unknown parameter/],
    ['llama-bench/wgsl/test-9:pp=8', /unknown decoder/],
    ['llama-bench/cuda/test-4x128:pp=8', /unknown model runtime/],
  ])('%s is refused', (id, message) => {
    expect(() => parseLlamaBenchCase(id)).toThrow(message);
  });

  it('cost is that of one token: of a prompt its share, of generation a step halfway', () => {
    const config = findDecoder('test-4x128');
    const item = parseLlamaBenchCase('llama-bench/wgsl/test-4x128:pp=512;type=f32');
    expect(llamaBenchCost(config, item).flops).toBe(prefillCost(config, 'f32', 512).flops / 512);
    expect(llamaBenchCost(config, { ...item, test: 'tg', tokens: 128 })).toEqual(decodeCost(config, 'f32', 64));
  });
});
