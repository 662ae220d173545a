import { describe, expect, it } from 'vitest';
import { DECODERS, findDecoder } from '../../models/decoders.ts';
import { type AskedRoom, engineLimit } from './limits.ts';

const GUARANTEED = { maxStorageBufferBindingSize: 2 ** 27, maxBufferSize: 2 ** 28 };
const room = (more: Partial<AskedRoom> = {}): AskedRoom => ({
  ...{ weightType: 'f32', cacheType: 'f32', maxContext: 96, batch: 1 },
  ...more,
});
const test = findDecoder('test-4x128');

describe('engineLimit', () => {
  it('takes every shape in some type on a device with room', () => {
    const roomy = { maxStorageBufferBindingSize: 2 ** 36, maxBufferSize: 2 ** 36 };
    for (const config of DECODERS) expect(engineLimit(config, room(), roomy), config.name).toBeNull();
  });

  it('names the limit, the buffer and its bytes, the table in the type it has beside int4 layers', () => {
    const llama = findDecoder('llama-3.2-1b');
    expect(engineLimit(llama, room({ weightType: 'f16' }), GUARANTEED)).toBe(
      'maxStorageBufferBindingSize is 134217728 bytes here; the embedding table needs 525336576',
    );
    expect(engineLimit(llama, room({ weightType: 'int4' }), GUARANTEED)).toContain('table needs 262668288');
    const bindable = { ...GUARANTEED, maxStorageBufferBindingSize: 2 ** 30 };
    expect(engineLimit(llama, room({ weightType: 'f16' }), bindable)).toMatch(/^maxBufferSize is 268435456 bytes/);
  });

  it('rows are padded to whole loads: a matrix that only fits without is refused', () => {
    const odd = { ...test, hidden: 130, vocab: 1000 };
    const bytes = 1000 * 132 * 4;
    const only = (limit: number) => ({ maxStorageBufferBindingSize: limit, maxBufferSize: limit });
    expect(engineLimit(odd, room(), only(bytes))).toBeNull();
    expect(engineLimit(odd, room(), only(bytes - 1))).toContain(`the embedding table needs ${bytes}`);
  });

  it('counts the cache of every sequence, by its type, and the logits of a batch in eights', () => {
    // 128 MiB hold 2^25 numbers: of keys 2^25 / (kv heads × head dim) tokens.
    const most = 2 ** 25 / (test.kvHeads * test.headDim);
    expect(engineLimit(test, room({ maxContext: most }), GUARANTEED)).toBeNull();
    expect(engineLimit(test, room({ maxContext: most + 1 }), GUARANTEED)).toContain(
      `key cache of a layer, ${most + 1} tokens × 1, needs`,
    );
    expect(engineLimit(test, room({ maxContext: most, batch: 2 }), GUARANTEED)).toContain('tokens × 2');
    expect(engineLimit(test, room({ maxContext: 2 * most, cacheType: 'f16' }), GUARANTEED)).toBeNull();
    const single = { ...test, kvHeads: 1 };
    expect(
      engineLimit(single, room({ maxContext: 2 ** 25 / test.headDim + 1, cacheType: 'f16' }), GUARANTEED),
    ).toContain('the rotary table of');
    const wide = { ...test, hidden: 8, vocab: 2 ** 21 };
    expect(engineLimit(wide, room({ batch: 16 }), GUARANTEED)).toBeNull();
    expect(engineLimit(wide, room({ batch: 17 }), GUARANTEED)).toContain(
      'the logit buffer of 17 sequences needs 201326592',
    );
  });

  it('says which heads there is no shader for', () => {
    expect(engineLimit({ ...test, headDim: 36 }, room(), GUARANTEED)).toBe(
      'heads of 36 are not supported; a multiple of 8 is',
    );
  });
});
