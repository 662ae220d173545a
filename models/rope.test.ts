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

  it('linear scaling divides every frequency', () => {
    const plain = inverseFrequencies(unscaled);
    const scaled = inverseFrequencies({ ...llama, ropeScaling: { kind: 'linear', factor: 4 } });
    expect(Array.from(scaled, (x) => 4 * x)).toEqual(Array.from(plain));
  });

  it("YaRN's blend is linear in the pair's index between the pairs of betaFast and betaSlow turns", () => {
    // Worked by hand for 8 pairs, theta 10^4, 2048 positions: pair(t) = 8·ln(2048/2πt)/ln 10^4 = 2.01 for 32 turns,
    // 5.03 for one; whole pairs 2 and 6.
    const yarn = { kind: 'yarn', factor: 4, betaFast: 32, betaSlow: 1, originalPositions: 2048 } as const;
    const shape = { headDim: 16, ropeTheta: 1e4 };
    const plain = inverseFrequencies({ ...shape, ropeScaling: null });
    const scaling = { ...yarn, attentionFactor: 1.2, truncate: true };
    const scaled = inverseFrequencies({ ...shape, ropeScaling: scaling });
    const kept = Array.from(scaled, (x, i) => (x / plain[i]! - 0.25) / 0.75);
    for (const [i, share] of [1, 1, 1, 0.75, 0.5, 0.25, 0, 0].entries()) expect(kept[i]).toBeCloseTo(share, 12);
    const exact = inverseFrequencies({ ...shape, ropeScaling: { ...scaling, truncate: false } });
    const [low, high] = [32, 1].map((turns) => (8 * Math.log(2048 / (2 * Math.PI * turns))) / Math.log(1e4));
    expect(exact[3]! / plain[3]!).toBeCloseTo(0.25 + 0.75 * (1 - (3 - low!) / (high! - low!)), 12);
    expect(rotaryTables({ ...shape, ropeScaling: scaling }, 1).cos[0]).toBe(1.2);
  });

  it('tables hold the cosine and sine of position times frequency', () => {
    const { cos, sin } = rotaryTables(llama, 5);
    const frequency = inverseFrequencies(llama)[2]!;
    expect(cos[4 * 32 + 2]).toBe(Math.cos(4 * frequency));
    expect(sin[4 * 32 + 2]).toBe(Math.sin(4 * frequency));
    expect(cos.subarray(0, 32).every((value) => value === 1)).toBe(true);
  });
});
