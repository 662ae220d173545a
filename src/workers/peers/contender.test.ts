import { expect, it } from 'vitest';
import type { VerificationOutcome } from '../../bench/outcome.ts';
import { chooseForm, type Form, PEER_TOLERANCE } from './contender.ts';

const signal = new AbortController().signal;
const verdict = (state: 'passed' | 'failed'): VerificationOutcome => ({
  ...{ state, rule: 'equal', checked: 1, total: 1 },
  figures: { nmse: state === 'passed' ? 0 : 0.5 },
});

/** A form whose operation takes `ms`, with the forms that are open written down. */
function formOf(name: string, ms: number, open: Set<string>, isRight = true): Form {
  return {
    name,
    tolerance: PEER_TOLERANCE,
    open: async () => {
      open.add(name);
      return {
        facts: { form: name },
        once: () => new Promise((done) => setTimeout(done, ms)),
        output: async () => Float32Array.of(isRight ? 1 : 0),
        close: async () => void open.delete(name),
      };
    },
  };
}
const check = async (contender: { output(): Promise<Float32Array> }): Promise<VerificationOutcome> =>
  verdict((await contender.output())[0] === 1 ? 'passed' : 'failed');

it('takes the fastest form that is right, closes the others and says how they fared', async () => {
  const open = new Set<string>();
  const forms = [formOf('slow', 60, open), formOf('wrong', 1, open, false), formOf('fast', 2, open)];
  const { contender, verification, beaten } = await chooseForm(forms, check, signal);
  expect(contender.facts.form).toBe('fast');
  expect(verification.state).toBe('passed');
  expect([...open]).toEqual(['fast']);
  expect(beaten).toEqual([
    'wrong: disagrees with the f64 reference, NMSE 0.50',
    expect.stringMatching(/^slow: \d+\.?\d* ms$/),
  ]);
});

it('a form that cannot open is beaten; when none can, the reasons are the error', async () => {
  const open = new Set<string>();
  const broken: Form = { ...formOf('broken', 1, open), open: () => Promise.reject(new Error('no such operator')) };
  const { contender, beaten } = await chooseForm([broken, formOf('works', 1, open)], check, signal);
  expect(contender.facts.form).toBe('works');
  expect(beaten).toEqual(['broken: no such operator']);
  await expect(chooseForm([broken], check, signal)).rejects.toThrow('no such operator');
});

it('when every form is wrong, gives one of them with its verdict', async () => {
  const open = new Set<string>();
  const forms = [formOf('a', 1, open, false), formOf('b', 1, open, false)];
  const { verification } = await chooseForm(forms, check, signal);
  expect(verification.state).toBe('failed');
  expect(open.size).toBe(1);
});
