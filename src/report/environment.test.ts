import { describe, expect, it } from 'vitest';
import { WARNINGS } from '../core/warnings.ts';
import { sampleFile, sampleSession } from '../results/testdata/sample-file.ts';
import { adapterName, environmentFacts, softwareLabel, timerText } from './environment.ts';

const file = sampleFile([sampleSession([], { hiddenMs: 1500 })], {
  plan: { suite: 'smoke', seed: 7, nonDefault: { suite: 'smoke', filter: ['a', 'b'] } },
});
const { adapter } = file.environment;

describe('adapterName', () => {
  it('prefers the description and never is empty', () => {
    expect(adapterName(adapter)).toBe('ACME Rocket 9000');
    expect(adapterName({ ...adapter, description: '' })).toBe('acme rocket');
    expect(adapterName({ ...adapter, description: '', vendor: '', architecture: '' })).toBe(
      'an adapter that gives no name',
    );
  });
});

it('labels a software adapter and nothing else', () => {
  expect(softwareLabel(file.environment)).toBeNull();
  const software = { ...file.environment, adapter: { ...adapter, isSoftware: true } };
  expect(softwareLabel(software)).toBe(WARNINGS['software-adapter']);
});

it('names the timer with its step', () => {
  const { timer } = file.sessions[0]!;
  expect(timerText(timer)).toBe('GPU timestamps, quantum 1.00 µs');
  expect(timerText({ ...timer, kind: 'wall-slope' })).toBe('slope of wall time, clock step 5.00 µs');
});

it('shows every field of the record, non-default options and hidden time included', () => {
  const facts = new Map(
    environmentFacts(file, file.sessions[0]!).map(({ label, value }): [string, string] => [label, value]),
  );
  expect(facts.get('Page hidden')).toBe('1.50 s');
  expect(facts.get('Options that differ from the defaults')).toBe('suite=smoke  filter=a,b');
  expect(facts.get('Fleetmark')).toBe('0.1.0, 0123456789ab');
  expect(facts.get('Browser')).toBe('Chromium 156.0.1.2, headless');
  expect(facts.get('Limits')).toBe('maxBufferSize 268435456');
  expect([...facts.values()].filter((value) => value === '' || value.includes('undefined'))).toEqual([]);
});

it('shows driver, power, the probe at the end and the block where they are known', () => {
  const sentinel = { id: 'kernel/fma/vec4:threads=4', ratio: 1.25 };
  const session = sampleSession([], { power: 'battery', sentinel, blockId: 'block-3' });
  const environment = { ...file.environment, adapter: { ...adapter, device: 'rkt', driver: '550.1' } };
  const facts = environmentFacts({ ...file, environment }, session);
  const values = facts.map(({ value }) => value);
  expect(new Set(facts.map(({ label }) => label)).size).toBe(facts.length);
  for (const value of ['rkt, 550.1', 'battery', 'block-3']) expect(values).toContain(value);
  expect(values).toContain('kernel/fma/vec4:threads=4 took 1.25 times as long as at the start');
});
