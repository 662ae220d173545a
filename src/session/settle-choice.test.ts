import { expect, it } from 'vitest';
import type { CaseOutcome, TunedCandidate, TuningOutcome } from '../bench/outcome.ts';
import { type RuledOut, settleChoice } from './settle-choice.ts';

const outcome = (state: CaseOutcome['state'], reason?: string): CaseOutcome => ({
  ...{ state, metrics: [], facts: {}, warnings: [] },
  ...(reason ? { reason } : {}),
});

/** Kernels from fastest to slowest; the tuner takes the first that is not ruled out, and writes down what it was asked. */
function stepsOf(kernels: Readonly<Record<string, CaseOutcome>>, kept: string | null = null) {
  const asked: string[] = [];
  const remembered: TuningOutcome[] = [];
  const choose = async (ruledOut: RuledOut): Promise<TuningOutcome> => {
    const from = kept !== null && ruledOut.size === 0 ? 'memory' : 'race';
    asked.push(`${from} without ${[...ruledOut.keys()].join(' ')}`);
    const chosen = from === 'memory' ? kept : (Object.keys(kernels).find((id) => !ruledOut.has(id)) ?? null);
    const candidates = Object.keys(kernels).map(
      (id): TunedCandidate => ({ id, state: id === chosen ? 'chosen' : 'slower' }),
    );
    return { chosen, seconds: 1, ended: 'confident', candidates, from };
  };
  const measure = async (id: string): Promise<CaseOutcome> => kernels[id]!;
  const remember = async (tuning: TuningOutcome): Promise<void> => void remembered.push(tuning);
  return { steps: { choose, measure, remember }, asked, remembered };
}

it('remembers what was raced for and is right, and nothing that was recalled', async () => {
  const raced = stepsOf({ a: outcome('ok') });
  expect(await settleChoice(raced.steps)).toMatchObject({ state: 'ok', tuning: { chosen: 'a', from: 'race' } });
  expect(raced.remembered.map(({ chosen }) => chosen)).toEqual(['a']);
  const recalled = stepsOf({ a: outcome('ok') }, 'a');
  expect(await settleChoice(recalled.steps)).toMatchObject({ state: 'ok', tuning: { chosen: 'a', from: 'memory' } });
  expect(recalled.remembered).toEqual([]);
});

it('races anew without a winner that is wrong, and remembers the second alone', async () => {
  const { steps, asked, remembered } = stepsOf({ fast: outcome('failed', 'wrong after'), right: outcome('ok') });
  const { state, tuning } = await settleChoice(steps);
  expect([state, tuning!.chosen]).toEqual(['ok', 'right']);
  expect(tuning!.candidates[0]).toEqual({ id: 'fast', state: 'wrong', reason: 'wrong after' });
  expect(asked).toEqual(['race without ', 'race without fast']);
  expect(remembered).toEqual([tuning]);
});

it('races anew when a remembered choice turns out wrong, and remembers the new one in its place', async () => {
  const { steps, asked, remembered } = stepsOf({ other: outcome('ok'), kept: outcome('failed', 'wrong') }, 'kept');
  expect(await settleChoice(steps)).toMatchObject({ state: 'ok', tuning: { chosen: 'other', from: 'race' } });
  expect(asked).toEqual(['memory without ', 'race without kept']);
  expect(remembered.map(({ chosen }) => chosen)).toEqual(['other']);
});

it('gives up after a few, with the reason of each, and remembers none', async () => {
  const kernels = Object.fromEntries(['a', 'b', 'c', 'd'].map((id) => [id, outcome('failed', `${id} is wrong`)]));
  const { steps, asked, remembered } = stepsOf(kernels);
  const { state, reason, tuning } = await settleChoice(steps);
  expect([state, tuning!.chosen]).toEqual(['failed', null]);
  expect(reason).toBe('no candidate could be measured\na: a is wrong\nb: b is wrong\nc: c is wrong');
  expect(asked).toHaveLength(3);
  expect(remembered).toEqual([]);
  const few = stepsOf({ a: outcome('failed', 'a is wrong') });
  expect(await settleChoice(few.steps)).toMatchObject({ state: 'failed', tuning: { chosen: null } });
});

it('a choice that does not fit stays the choice', async () => {
  const { steps, asked } = stepsOf({ a: outcome('skipped', 'does not fit'), b: outcome('ok') });
  expect(await settleChoice(steps)).toMatchObject({ state: 'skipped', reason: 'does not fit' });
  expect(asked).toHaveLength(1);
});
