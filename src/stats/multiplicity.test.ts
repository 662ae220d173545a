import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { benjaminiHochberg, holm } from './multiplicity.ts';

// The 15 p-values of Benjamini & Hochberg (1995), §3.2: at 0.05 their procedure rejects the four smallest, Holm three.
const PUBLISHED = [
  0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0,
];
const rejected = (adjusted: readonly number[]) => adjusted.filter((p) => p <= 0.05).length;
const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

describe('benjaminiHochberg', () => {
  it('rejects four in the published example', () => {
    const adjusted = benjaminiHochberg(PUBLISHED);
    expect(rejected(adjusted)).toBe(4);
    expect(adjusted[3]).toBeCloseTo((0.0095 * 15) / 4, 12);
  });

  it('rejects exactly what the step-up rule rejects', () => {
    fc.assert(
      fc.property(pValues, (p) => {
        const sorted = p.toSorted((a, b) => a - b);
        const last = sorted.findLastIndex((value, i) => value <= ((i + 1) / p.length) * 0.05 + 1e-15);
        const adjusted = benjaminiHochberg(p);
        expect(adjusted.filter((value) => value <= 0.05 + 1e-14).length).toBe(last + 1);
      }),
    );
  });
});

describe('holm', () => {
  it('rejects three in the published example', () => {
    expect(rejected(holm(PUBLISHED))).toBe(3);
    expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
  });
});

it.each([
  ['benjaminiHochberg', benjaminiHochberg],
  ['holm', holm],
])('%s keeps order, never lowers a p-value, and leaves a single one alone', (_, adjust) => {
  fc.assert(
    fc.property(pValues, (p) => {
      const adjusted = adjust(p);
      for (const [i, value] of adjusted.entries()) {
        expect(value).toBeGreaterThanOrEqual(p[i]! - 1e-15);
        expect(value).toBeLessThanOrEqual(1);
        for (const [j, other] of adjusted.entries()) if (p[i]! < p[j]!) expect(value).toBeLessThanOrEqual(other);
      }
    }),
  );
  expect(adjust([0.03])).toEqual([0.03]);
  expect(adjust([])).toEqual([]);
});
