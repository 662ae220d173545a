import { describe, expect, it } from 'vitest';
import type { OpenDecoder } from '../bench/decoder-runtime.ts';
import type { CaseOutcome } from '../bench/outcome.ts';
import type { Options } from '../core/options.ts';
import type { DecoderLane, PreparedDecoder } from './decoder-runtimes.ts';
import { F64Decoder } from './f64-reference.ts';
import { llamaBenchCases } from './llama-bench-cases.ts';
import type { Machine } from './machine.ts';

const machine = { adapter: { isSoftware: false } } as unknown as Machine;
const options = { samples: 1, seed: 1 } as Options;
const hooks = { signal: new AbortController().signal, phase() {} };

/** The f64 decoder itself as the runtime. */
const inF64: DecoderLane['prepare'] = async (_, model) => {
  const decoder = await F64Decoder.open(model.weights, 64);
  const open = {
    facts: { runtime: 'fake 1' },
    opening: { loadNs: 1, initNs: null },
    reset: () => decoder.reset(),
    feed: (tokens: readonly number[]) => decoder.feed(tokens),
    close: async () => {},
  } as unknown as OpenDecoder;
  return { abilities: { scores: 'logits' }, open: async () => open } as unknown as PreparedDecoder;
};

function run(test: string, prepare: DecoderLane['prepare']): Promise<CaseOutcome> {
  const lane = { missing: () => null, limit: () => null, prepare } as unknown as DecoderLane;
  return llamaBenchCases(lane)
    .toCase(`llama-bench/wgsl/test-4x128:${test};type=f32`, machine, options)
    .run(machine, hooks, []);
}

describe('llama-bench cases', () => {
  it.each([
    ['pp=24', 'a prompt of 24'],
    ['tg=6', '6 tokens one by one'],
  ])('%s is checked on a shorter prompt, and says so', async (test, timed) => {
    const { state, verification, warnings } = await run(test, inF64);
    expect(state).toBe('ok');
    expect(verification).toMatchObject({ state: 'passed', checked: 4 });
    const detail = `checked: a prompt of 16 and 4 new tokens; timed: ${timed}`;
    expect(warnings).toContainEqual({ name: 'partial-check', detail });
  });

  it('a prompt as long as the checked one is checked as it is timed', async () => {
    const { warnings } = await run('pp=16', inF64);
    expect(warnings.map(({ name }) => name)).toEqual(['few-samples']);
  });

  it('is skipped where there is no memory for the model; any other error is not hidden', async () => {
    const noMemory = run('pp=24', () => Promise.reject(new RangeError('Array buffer allocation failed')));
    expect(await noMemory).toMatchObject({ state: 'skipped', reason: 'Array buffer allocation failed' });
    await expect(run('pp=24', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});
