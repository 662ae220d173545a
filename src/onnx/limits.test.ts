import { describe, expect, it } from 'vitest';
import { findDecoder } from '../../models/decoders.ts';
import { type DecoderNeeds, limitReason } from './limits.ts';
import type { AdapterFacts } from './requests.ts';

const GIB = 2 ** 30;
const adapter: AdapterFacts = { maxBufferSize: GIB, maxStorageBufferBindingSize: GIB, features: ['shader-f16'] };
const request = (change: Partial<DecoderNeeds> & { name?: string }): DecoderNeeds => ({
  runtime: 'ort-webgpu',
  config: findDecoder(change.name ?? 'llama-3.2-1b'),
  type: 'f16',
  prompt: 64,
  adapter,
  ...change,
});

describe('limitReason', () => {
  it('lets through what fits', () => {
    expect(limitReason(request({}))).toBeNull();
    expect(limitReason(request({ runtime: 'ort-wasm', name: 'smollm2-135m', type: 'f32' }))).toBeNull();
  });

  it('names the limit, what needs more, and both numbers', () => {
    const tight = { ...adapter, maxStorageBufferBindingSize: 2 ** 29 };
    expect(limitReason(request({ type: 'f32', adapter: tight }))).toBe(
      'maxStorageBufferBindingSize is 536870912 bytes here; the embedding table needs 1050673152',
    );
    expect(limitReason(request({ prompt: 8192 }))).toBe(
      'maxStorageBufferBindingSize is 1073741824 bytes here; the logits of 8192 prompt tokens needs 2101346304',
    );
  });

  it('f16 needs its feature, whatever the size', () => {
    const without = { ...adapter, features: [] };
    expect(limitReason(request({ name: 'test-4x128', adapter: without }))).toMatch(/shader-f16/);
    expect(limitReason(request({ name: 'test-4x128', adapter: without, type: 'f32' }))).toBeNull();
  });

  it('no adapter is a reason on webgpu and none on wasm', () => {
    expect(limitReason(request({ name: 'test-4x128', adapter: null }))).toMatch(/no WebGPU adapter/);
    expect(limitReason(request({ name: 'test-4x128', adapter: null, runtime: 'ort-wasm' }))).toBeNull();
  });

  it("wasm is bound by its address space, f16 more than f32's half since it is widened", () => {
    const reason = limitReason(request({ runtime: 'ort-wasm', name: 'llama-3.2-1b', type: 'f32' }));
    expect(reason).toMatch(/^wasm has 4294967296 bytes of address space; llama-3\.2-1b in f32 needs about 9\d{9}$/);
  });
});
