import { expect, it } from 'vitest';
import { TEST_INPUTS } from '../../kernels/rollout/inputs.test-support.ts';
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { EXIT } from '../core/errors.ts';
import type { RolloutOutputs } from '../core/rollout.ts';
import { createCheckedRollout, OtherDraws } from './checked-rollout.ts';

/** A GPU that draws what the twin draws, but for what `change` does to it. */
const engineOf = (change: (outputs: RolloutOutputs) => void) =>
  createCheckedRollout({
    name: 'Some GPU',
    longestMs: () => 0,
    run: async (inputs, first, count) => {
      const outputs = await cpuTwin.run(inputs, first, count);
      change(outputs);
      return outputs;
    },
  });

/** Makes the first rate that is not 0 larger by this share of it. */
const raise =
  (share: number) =>
  ({ rates }: RolloutOutputs): void => {
    const at = rates.findIndex((rate) => rate > 0);
    rates[at] = rates[at]! * (1 + share);
  };

it('hands on what an engine draws that draws what the twin does', async () => {
  expect((await engineOf(() => {}).run(TEST_INPUTS, 0, 100)).factors.length).toBeGreaterThan(0);
  // Rates are summed in f32 there and in f64 here.
  expect((await engineOf(raise(2e-6)).run(TEST_INPUTS, 0, 100)).rates.length).toBeGreaterThan(0);
});

it.each<[string, RegExp, (outputs: RolloutOutputs) => void]>([
  ['a factor', /factors\[5\] is /, ({ factors }) => factors.fill(factors[5]! + 1, 5, 6)],
  ['a rate', /rates\[\d+\] is /, raise(1e-3)],
])('refuses one that differs in %s, and says where, without a word of how it was asked', async (_, where, change) => {
  const refused = await engineOf(change)
    .run(TEST_INPUTS, 0, 100)
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OtherDraws);
  const { message, exitCode } = refused as OtherDraws;
  expect(message).toMatch(/^Some GPU does not draw what the CPU draws \(/);
  expect(message).toMatch(where);
  expect(message).not.toContain('--');
  expect(exitCode).toBe(EXIT.failed);
});
