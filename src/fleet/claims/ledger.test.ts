import { describe, expect, it } from 'vitest';
import type { RolloutReport, Spread } from '../rollout/report.ts';
import { DEFAULT_SCENARIO, readScenario } from '../scenario.ts';
import type { LedgerCard } from './card.ts';
import { FACTS, findFact } from './facts.ts';
import { buildLedger } from './ledger.ts';
import { inverse, product, quotient } from './range.ts';

const flat = (value: number): Spread => ({
  p2_5: value,
  p10: value,
  p25: value,
  p50: value,
  p75: value,
  p90: value,
  p97_5: value,
});

/** A fleet of 720 Rubins and 1280 Blackwells at 2 MW without any uncertainty: 3e6 tokens/s unpaired, 4e6 paired. */
function reportOf(change: Partial<RolloutReport['scenario']> = {}): RolloutReport {
  const scenario = { ...readScenario({ utilisation: 0.5, 'lpx-racks': 2, 'lpx-rack-kw': 100 }, 'test'), ...change };
  const fan = ['Q4 2026', 'Q4 2027'].map((quarter) => {
    const all = flat(1);
    return {
      quarter,
      delivered: flat(quarter === 'Q4 2026' ? 400 : 2000),
      unpaired: all,
      paired: all,
      servedUnpaired: all,
      servedPaired: all,
    };
  });
  return {
    schema: 'fleetmark.rollout-report',
    schemaVersion: 1,
    scenario,
    query: '',
    workload: 'w',
    conditions: 'c',
    fan,
    headline: {
      quarter: 'Q4 2027',
      unpaired: flat(3e6),
      paired: flat(4e6),
      ratio: flat(4 / 3),
      serves: { both: 1, onlyPaired: 0, onlyAlone: 0, neither: 0 },
      watts: flat(2e6),
      tokensPerWatt: { unpaired: flat(1.5), paired: flat(2) },
      lpxRacks: flat(5),
      pays: 1,
    },
    serving: { fallenOff: 1, racksPerNvl72: flat(2), modes: { decode: 1 } },
    generations: [
      { name: 'Blackwell', delivered: flat(1000), serving: flat(1000), rate: flat(8e5) },
      { name: 'Blackwell Ultra', delivered: flat(280), serving: flat(280), rate: flat(2e5) },
      { name: 'Rubin R200', delivered: flat(720), serving: flat(720), rate: flat(2e6) },
      { name: 'Rubin R200 beside LPX', delivered: flat(720), serving: flat(720), rate: flat(3e6) },
    ],
    decompositions: [],
    breakEvenShare: { spread: flat(1), never: 0 },
    notes: [],
    sources: [],
  };
}

const ledger = buildLedger(reportOf());
const card = (id: string): LedgerCard => ledger.cards.find((known) => known.id === id)!;
const figure = (id: string, part: 'requires' | 'beside', what: string): number => {
  const line = card(id)[part].find((known) => known.what.includes(what));
  expect(line, `${id}: ${what}`).toBeDefined();
  return line!.range.value;
};
const YEAR = 365.25 * 24 * 3600;

describe('facts', () => {
  it('have a source and a date', () => {
    for (const { id, source, date } of FACTS) {
      expect(source.length, id).toBeGreaterThan(20);
      expect(date, id).toMatch(/^20\d\d-\d\d/);
    }
    expect(() => findFact('claim/none')).toThrow("unknown fact of the claims ledger 'claim/none'. Known: claim/");
  });
});

describe('claims ledger', () => {
  it('turns $300 billion a GW-year into the price that would make it true', () => {
    // 2 tokens/s/W is 2e9 tokens/s a GW.
    const price = (3e11 / (2e9 * YEAR)) * 1e6;
    expect(figure('operator-300', 'requires', 'every GPU full')).toBeCloseTo(price, 9);
    expect(figure('operator-300', 'requires', 'usual fill')).toBeCloseTo(2 * price, 9);
    expect(figure('operator-300', 'requires', 'at $6 ')).toBeCloseTo(price / 6, 9);
    // Sold at $3 and $150 in this mix, the tokens bring that price.
    const share = figure('operator-300', 'requires', 'share of tokens');
    expect(share * 150 + (1 - share) * 3).toBeCloseTo(2 * price, 9);
    expect(figure('operator-300', 'beside', 'AWS')).toBeCloseTo((3e11 * 0.002) / 1.287e11, 9);
    expect(figure('operator-300', 'beside', 'Google')).toBeCloseTo((4e6 * 0.5 * YEAR) / 12 / 3.2e15, 12);
    expect(card('operator-300').conclusion).toContain("NVIDIA's ladder reaches that at its $45 step");
  });

  it('uses the fleet without LPX for the claim without LPX', () => {
    expect(figure('operator-150', 'requires', 'every GPU full')).toBeCloseTo((1.5e11 / (1.5e9 * YEAR)) * 1e6, 9);
  });

  it('says what $1 trillion buys and what earns it back', () => {
    const gpus = figure('one-trillion', 'requires', 'GPUs it buys');
    expect(gpus).toBeGreaterThan(1e12 / 1e5);
    expect(gpus).toBeLessThan(1e12 / 4e4);
    expect(figure('one-trillion', 'requires', 'revenue a year')).toBeCloseTo(2e11, 0);
    const perGpuYear = (3e6 / 2000) * 0.5 * YEAR;
    expect(figure('one-trillion', 'requires', 'earns a GPU back')).toBeCloseTo((1e12 / gpus / 5 / perGpuYear) * 1e6, 6);
  });

  it('counts LPX racks by every reading of 25 %', () => {
    expect(figure('quarter', 'requires', 'of the Rubins')).toBeCloseTo(0.25 * (720 / 72) * 2, 9);
    expect(figure('quarter', 'requires', 'of all racks')).toBeCloseTo(2000 / 72 / 3, 9);
    expect(figure('quarter', 'requires', 'site power')).toBeCloseTo((0.25 * 2e6) / (100e3 * 1.14), 6);
    // Rubins bring 2 of 3 tokens, so a quarter of all tokens is 3/8 of theirs.
    expect(figure('quarter', 'requires', 'tokens')).toBeCloseTo(0.375 * 20, 9);
    expect(figure('quarter', 'requires', 'all Rubins')).toBeCloseTo(20, 9);
    expect(figure('quarter', 'beside', 'all Rubins')).toBeCloseTo(20 * 100e3 * 1.14, 3);
  });

  it('gives the deal as a range, and its part of fiscal 2027 by what arrives in it', () => {
    const value = card('deal-value').requires.find(({ what }) => what.includes('all GPUs ordered'))!.range;
    expect(value.lo).toBeCloseTo(4e10, -6);
    expect(value.hi).toBeGreaterThan(9e10);
    const share = figure('deal-value', 'beside', 'deliveries of 2026');
    expect(share).toBeCloseTo((400 * value.value) / DEFAULT_SCENARIO.gpus / 3.9e11, 9);
  });

  it('names a source for every card and never a number that is not finite', () => {
    for (const { sources, requires, beside, id } of ledger.cards) {
      expect(sources.length, id).toBeGreaterThan(2);
      for (const { range, what } of [...requires, ...beside]) {
        expect(range.lo <= range.value && range.value <= range.hi, `${id} ${what}`).toBe(true);
        expect(Number.isFinite(range.lo + range.hi), `${id} ${what}`).toBe(true);
      }
    }
    expect(new Set(ledger.sources.map(({ id }) => id)).size).toBe(ledger.sources.length);
    expect(ledger.notPublic.join()).toContain('LPX rack: not public');
  });
});

describe('ranges', () => {
  it('multiply their middles and add their log widths in squares', () => {
    const [a, b] = [
      { value: 2, lo: 1, hi: 4 },
      { value: 3, lo: 3, hi: 3 },
    ];
    expect(product(a, b)).toMatchObject({ value: 6, lo: 3 });
    expect(product(a, a).hi).toBeCloseTo(4 * 2 ** Math.SQRT2, 9);
    expect(inverse(a)).toEqual({ value: 0.5, lo: 0.25, hi: 1 });
    expect(quotient(b, a)).toMatchObject({ value: 1.5, lo: 0.75, hi: 3 });
  });

  it('have no bound where what they are divided by reaches 0, and are never no number', () => {
    const no = Number.POSITIVE_INFINITY;
    const [some, maybe, none] = [
      { value: 3, lo: 3, hi: 3 },
      { value: 2, lo: 0, hi: 4 },
      { value: 0, lo: 0, hi: 0 },
    ];
    expect(quotient(some, maybe)).toEqual({ value: 1.5, lo: 0.75, hi: no });
    expect(quotient(some, none)).toEqual({ value: no, lo: no, hi: no });
    expect(quotient(none, none)).toEqual({ value: no, lo: no, hi: no });
    expect(product(none, maybe)).toEqual({ value: 0, lo: 0, hi: 0 });
  });
});
