// Our side of the peers run on a device: what its memory keeps, and what it does with a choice that turns out wrong.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { PeerShape } from '../../../kernels/peer-cases.ts';
import { DEFAULT_OPTIONS } from '../../core/options.ts';
import { type NativeMachine, openNativeMachine } from '../../native/machine.ts';
import type { Machine } from '../../session/machine.ts';
import type { Check } from './contender.ts';
import { chooseOurs, ourPlans } from './ours.ts';

const SHAPE: PeerShape = { operation: 'softmax', params: { rows: 8, width: 64 }, always: [] };
const OPTIONS = { ...DEFAULT_OPTIONS, tune: 'cached', suite: 'smoke' };
const HOOKS = { signal: new AbortController().signal, phase: () => {} };
const memory = new Map<string, string>();

let native: NativeMachine;
let machine: Machine;
beforeAll(async () => {
  native = await openNativeMachine();
  const tuneStorage = {
    read: async (key: string) => memory.get(key) ?? null,
    write: async (key: string, text: string) => void memory.set(key, text),
  };
  machine = { ...native, tuneStorage };
});
afterAll(() => native.device.destroy());
beforeEach(() => memory.clear());

/** Passes every form but those of these ids. */
const allBut =
  (wrong: readonly string[]): Check =>
  async ({ facts }) => ({
    ...{ state: wrong.includes(facts.form!) ? 'failed' : 'passed', rule: 'told', checked: 1, total: 1 },
    figures: {},
  });
const keptChoice = (): string => (JSON.parse([...memory.values()][0]!) as { chosen: string }).chosen;
const trial = async (wrong: (chosen: string) => readonly string[]) => {
  const ours = await ourPlans(machine, SHAPE, OPTIONS, HOOKS);
  const first = ours.tuning!.chosen!;
  const check = allBut(wrong(first));
  const { contender } = await chooseOurs(machine, ours, { id: 'peer/softmax', seed: 1 }, check, HOOKS.signal);
  await contender.close();
  return { first, from: ours.tuning!.from, form: contender.facts.form };
};

it('keeps a choice once the trial has passed it, and recalls it', async () => {
  const raced = await trial(() => []);
  expect(raced.from).toBe('race');
  expect(keptChoice()).toBe(raced.first);
  expect(await trial(() => [])).toMatchObject({ from: 'memory', first: raced.first });
});

it('keeps no choice that the trial finds wrong', async () => {
  const { form, first } = await trial((chosen) => [chosen]);
  expect(form).not.toBe(first);
  expect(memory.size).toBe(0);
});

it('races anew for a kept choice that turns out wrong, and keeps the new one', async () => {
  const { first } = await trial(() => []);
  const again = await trial((chosen) => [chosen]);
  expect(again).toMatchObject({ from: 'memory', first });
  expect(again.form).not.toBe(first);
  expect(keptChoice()).not.toBe(first);
});
