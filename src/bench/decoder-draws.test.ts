import { describe, expect, it } from 'vitest';
import { checkDrawn } from './decoder-draws.ts';
import { generateByFeeding, type TokenFeeder } from './generate.ts';

const { signal } = new AbortController();
/** Scores that differ from token to token: a few likely ones, a long tail. */
const feeder: TokenFeeder = {
  reset() {},
  feed: async (tokens) =>
    Float32Array.from({ length: 40 }, (_, i) => 3 * Math.sin(1 + i * (1 + tokens.at(-1)!)) - 0.05 * i),
};
const prompt = [1, 2];
const write = async (temperature: number, seed: number): Promise<readonly number[]> => {
  const sampling = { kind: 'temperature', temperature, seed } as const;
  return (await generateByFeeding(feeder, { prompt, newTokens: 64, sampling, signal })).tokens;
};
const check = (generations: readonly (readonly number[])[], temperature: number) =>
  checkDrawn(feeder, { prompt, newTokens: 64, generations, temperature, signal });

describe('checkDrawn', () => {
  it('right draws deviate as a standard normal does', async () => {
    const found: number[] = [];
    for (let seed = 0; seed < 200; seed++) {
      const { deviations, fault } = await check([await write(0.8, seed)], 0.8);
      expect(fault).toBeNull();
      found.push(deviations);
    }
    // 95 % within 1.96; six standard deviations of that share around it.
    const inside = found.filter((z) => z < 1.96).length / found.length;
    expect(inside).toBeGreaterThan(0.86);
    expect(inside).toBeLessThan(1);
    expect(found.reduce((sum, z) => sum + z * z, 0) / found.length).toBeCloseTo(1, 0);
  });

  it.each([
    ['greedy ones', 0],
    ['ones from a quarter of the temperature', 0.2],
    ['ones from twice the temperature', 1.6],
  ])('%s are caught', async (_, temperature) => {
    const { fault } = await check([await write(temperature, 1)], 0.8);
    expect(fault).toMatch(/deviations from what its scores foretell/);
  });

  it('one wrong text of two is caught, one of another length, and a token that is none', async () => {
    const right = await write(0.8, 1);
    expect((await check([right, await write(0, 1)], 0.8)).fault).not.toBeNull();
    expect((await check([right.slice(1)], 0.8)).fault).toBe('a generation gave 63 of 64 tokens');
    const foreign = await check([right.with(5, 40)], 0.8);
    expect(foreign).toMatchObject({ deviations: 3.4e38, fault: expect.any(String) });
  });
});
