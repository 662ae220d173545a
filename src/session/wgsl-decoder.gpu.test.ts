// The engine behind the harness's interface, in Node on the machine's adapter (a real GPU or SwiftShader): the suite every
// runtime passes, many generations, batches.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDecoderCase } from '../../models/decoder-cases.ts';
import { type OpenedDawn, openDawn } from '../native/dawn.ts';
import { nativeLane } from '../native/decoder-lane.ts';
import { runDecoderCase } from './decoder-case.ts';
import type { Machine } from './machine.ts';
import { createReferences } from './references.ts';
import { runtimeChecks } from './runtime-checks.ts';

let opened: OpenedDawn;
let machine: Machine;
beforeAll(async () => {
  opened = await openDawn();
  machine = opened as unknown as Machine;
});
afterAll(() => opened.device.destroy());

const lane = nativeLane();
const { signal } = new AbortController();
const hooks = { signal, phase() {} };

const run = (id: string, repeats: number) =>
  runDecoderCase(
    { item: parseDecoderCase(id), seed: 1, repeats, lane, machine, references: createReferences() },
    hooks,
  );

describe('the engine as a decoding runtime', () => {
  it.each(['f32', 'int8', 'int4'] as const)('meets the whole suite, %s', async (type) => {
    const checks = await runtimeChecks('wgsl', type, lane, machine, signal);
    expect(checks.filter(({ state }) => state === 'failed')).toEqual([]);
    expect(checks.filter(({ state }) => state === 'passed').length).toBeGreaterThanOrEqual(12);
  });

  it('holds after 200 generations what it held before the first, and writes the same each time', async () => {
    const outcome = await run('model/wgsl/test-4x128:prompt=8;new=4;type=f32', 200);
    expect(outcome.reason).toBeUndefined();
    expect(outcome.verification).toMatchObject({ state: 'passed', checked: 4, figures: { topAgreement: 1 } });
    expect(outcome.metrics.find(({ name }) => name === 'gap')!.samples).toHaveLength(600);
    const nsOf = (wanted: string) => outcome.metrics.find(({ name }) => name === wanted)!.samples[0]!;
    expect(nsOf('init')).toBeGreaterThan(0);
    expect(nsOf('load')).toBeGreaterThan(nsOf('init'));
    expect(outcome.metrics.find(({ name }) => name === 'gpu-memory')!.samples[0]).toBeGreaterThan(3e6);
    expect(outcome.metrics.find(({ name }) => name === 'js-heap')!.samples[0]).toBeGreaterThan(1e6);
    expect(outcome.operations!.map(({ name }) => name)).toContain('qkv');
    expect(outcome.warnings).toEqual([]);
  });

  it.each(['test-4x128:prompt=8;new=6;type=f16', 'test-experts-2x128:prompt=8;new=6;type=int4'])(
    'agrees with f64 on %s, and tells what each step costs the host',
    async (name) => {
      const outcome = await run(`model/wgsl/${name}`, 2);
      expect(outcome.verification).toMatchObject({ state: 'passed', checked: 6, figures: { topAgreement: 1 } });
      const submits = outcome.metrics.find((metric) => metric.name === 'submit')!.samples;
      expect(submits).toHaveLength(2 * 5);
      expect(Math.min(...submits)).toBeGreaterThan(0);
    },
  );

  it('a context over the device’s limits is skipped with the figures, found ahead or only at opening', async () => {
    const item = parseDecoderCase('model/wgsl/test-4x128:prompt=510;new=2;type=f32;batch=65536');
    const request = { item, seed: 1, repeats: 1, machine, references: createReferences() };
    const ahead = await runDecoderCase({ ...request, lane }, hooks);
    expect(ahead).toMatchObject({ state: 'skipped' });
    expect(ahead.reason).toMatch(
      /maxStorageBufferBindingSize is \d+ bytes here; the key cache of a layer, 512 tokens × 65536, needs/,
    );
    const cheap = { ...createReferences(), get: async () => ({ missing: 'not asked' }) } as never;
    const blind = { ...lane, limit: () => null };
    const late = await runDecoderCase({ ...request, references: cheap, lane: blind }, hooks);
    expect(late).toMatchObject({ state: 'skipped', reason: `test-4x128: ${ahead.reason}` });
  });

  it('writes of several sequences at once what it writes of each alone', async () => {
    const outcome = await run('model/wgsl/test-4x128:prompt=8;new=6;type=f32;batch=4', 1);
    expect(outcome.verification).toMatchObject({ state: 'passed', checked: 24, total: 24 });
    expect(outcome.facts.batch).toBe(4);
  });

  it('draws the trained model’s text on the GPU, as its scores foretell, the same each time', async () => {
    const outcome = await run('model/wgsl/tiny:prompt=24;new=32;type=f32;temperature=0.8', 1);
    expect(outcome.reason).toBeUndefined();
    expect(outcome.verification!.figures.drawDeviations).toBeLessThan(5);
    expect(outcome.warnings.map(({ name }) => name)).not.toContain('not-repeatable');
    // Draws that made the round trip to JavaScript would tell of no submits.
    expect(outcome.metrics.find(({ name }) => name === 'submit')!.samples).toHaveLength(31);
  });

  it('writes the trained model’s text, and foretells held-out text as well as f64 does', async () => {
    const { verification, facts } = await run('model/wgsl/tiny:prompt=24;new=8;type=int4', 1);
    expect(verification).toMatchObject({ state: 'passed', perplexity: { tokens: 256 } });
    const { value, reference } = verification!.perplexity!;
    expect(Math.abs(value / reference! - 1)).toBeLessThan(1e-4);
    expect(facts.promptText).toBe('GREMIO:\nGood morrow, nei');
    expect(facts.text).toBe('ther.\n\nL');
  });
});
