import { describe, expect, it } from 'vitest';
import { findDecoder } from './decoders.ts';
import { inverseFrequencies, rotaryTables } from './rope.ts';

const llama = findDecoder('llama-3.2-1b');
const unscaled = { ...llama, ropeScaling: null };

describe('rotary frequencies', () => {
  it('are theta to the power of −2i/d', () => {
    const frequencies = inverseFrequencies(findDecoder('test-4x128'));
    expect(frequencies).toHaveLength(16);
    expect(frequencies[0]).toBe(1);
    expect(frequencies[8]).toBeCloseTo(0.01, 15);
  });

  it("Llama 3's scaling keeps short wavelengths, divides long ones and blends between", () => {
    const plain = inverseFrequencies(unscaled);
    const scaled = inverseFrequencies(llama);
    const turns = (i: number): number => (8192 * plain[i]!) / (2 * Math.PI);
    const kinds = { kept: 0, divided: 0, blended: 0 };
    for (let i = 0; i < plain.length; i++) {
      const ratio = plain[i]! / scaled[i]!;
      if (turns(i) > 4) {
        expect(ratio).toBe(1);
        kinds.kept++;
      } else if (turns(i) < 1) {
        expect(ratio).toBeCloseTo(32, 12);
        kinds.divided++;
      } else {
        expect(ratio).toBeGreaterThan(1);
        expect(ratio).toBeLessThan(32);
        kinds.blended++;
      }
    }
    expect(kinds).toEqual({ kept: 15, divided: 14, blended: 3 });
  });

  it('tables hold the cosine and sine of position times frequency', () => {
    const { cos, sin } = rotaryTables(llama, 5);
    const frequency = inverseFrequencies(llama)[2]!;
    expect(cos[4 * 32 + 2]).toBe(Math.cos(4 * frequency));
    expect(sin[4 * 32 + 2]).toBe(Math.sin(4 * frequency));
    expect(cos.subarray(0, 32).every((value) => value === 1)).toBe(true);
  });
});
