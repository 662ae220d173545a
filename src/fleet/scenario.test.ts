import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../core/errors.ts';
import {
  DEFAULT_SCENARIO,
  parseScenario,
  readScenario,
  scenarioFromQuery,
  scenarioToJson,
  scenarioToQuery,
} from './scenario.ts';
import { SETTINGS } from './scenario-settings.ts';

const read = (settings: unknown) => readScenario(settings, 'my.json');

describe('readScenario', () => {
  it('fills in what is absent', () => {
    expect(read({})).toEqual(DEFAULT_SCENARIO);
    expect(read({ gpus: 500_000, 'power-gw': 2 })).toMatchObject({ gpus: 500_000, 'power-gw': 2, share: 0.25 });
  });

  it.each([
    [{ share: -0.1 }, 'my.json: share -0.1: must be a number from 0 to 1'],
    [{ 'power-gw': 0 }, 'my.json: power-gw 0: must be a number from 0.01 to 20'],
    [{ count: 'wafers' }, 'my.json: count "wafers": must be one of packages, dies'],
    [{ mode: 'magic' }, 'must be one of best, draft, ffn, decode'],
    [{ 'rubin-kw': 0 }, 'rubin-kw 0: must be a number from 0.1 to 100'],
    [{ model: 'gpt-5' }, 'must be one of llama-3.1-8b, llama-3.1-70b'],
    [{ gpus: 1e12 }, 'my.json: gpus 1000000000000: must be a whole number from 8 to 10,000,000'],
    [{ gpus: 1.5e6 + 0.5 }, 'must be a whole number'],
    [{ gpus: Number.NaN }, 'must be a whole number'],
    [{ gpus: '1000' }, 'gpus "1000": must be a whole number'],
    [{ gpus: null }, 'gpus null'],
    [{ gpuz: 1 }, "unknown setting 'gpuz'. Known: gpus, count"],
    [[], 'my.json: a scenario is an object of settings'],
    ['text', 'a scenario is an object of settings, not "text"'],
    [null, 'a scenario is an object of settings, not null'],
    [{ 'tier-free': 0.5, 'tier-high': 0.5 }, 'must add up to at most 1'],
    [{ gpus: 4_000_000, sites: 1 }, 'give at least 2 sites'],
  ])('refuses %j', (settings, message) => {
    expect(() => read(settings)).toThrow(UserError);
    expect(() => read(settings)).toThrow(message);
  });

  it('reads flags as texts', () => {
    expect(parseScenario({ gpus: '1e6', model: 'llama-3.1-70b' }, 'flags')).toEqual(DEFAULT_SCENARIO);
    expect(() => parseScenario({ gpus: 'many' }, 'flags')).toThrow('flags: gpus "many": must be a whole number');
    expect(() => parseScenario({ gpus: '' }, 'flags')).toThrow('gpus ""');
  });
});

describe('scenario in a URL', () => {
  it('says only what differs, and comes back the same', () => {
    expect(scenarioToQuery(DEFAULT_SCENARIO)).toBe('');
    const other = read({ gpus: 72, 'lpx-racks': 2, 'user-rate': 100 });
    expect(scenarioToQuery(other)).toBe('gpus=72&user-rate=100&lpx-racks=2');
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 2.6e6 }), fc.double({ min: 0, max: 1, noNaN: true }), (gpus, share) => {
        const scenario = read({ gpus, share });
        expect(scenarioFromQuery(scenarioToQuery(scenario))).toEqual(scenario);
        expect(read(JSON.parse(scenarioToJson(scenario)))).toEqual(scenario);
      }),
    );
  });

  it('refuses what it does not know', () => {
    expect(() => scenarioFromQuery('gpus=72&colour=blue')).toThrow("URL: unknown setting 'colour'");
  });
});

it('gives every setting a help text, and a source or a prior to the deal’s own numbers', () => {
  for (const [name, spec] of Object.entries(SETTINGS)) expect(spec.help.length, name).toBeGreaterThan(5);
});
