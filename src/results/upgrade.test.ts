import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readResultFile } from './read.ts';
import { SCHEMA_VERSION } from './schema.ts';
import { UPGRADE_STEPS, type UpgradeStep, upgradeFile } from './upgrade.ts';

describe('upgradeFile', () => {
  // No older format exists yet: these steps stand for ones to come, to hold the order in which they are taken.
  const steps: UpgradeStep[] = [
    ({ time, ...file }) => ({ ...file, timeMs: time }),
    ({ timeMs, ...file }) => ({ ...file, timeNs: (timeMs as number) * 1e6 }),
  ];
  it.each([
    [{ schemaVersion: 1, time: 2, kept: 'x' }],
    [{ schemaVersion: 2, timeMs: 2, kept: 'x' }],
    [{ schemaVersion: 3, timeNs: 2e6, kept: 'x' }],
  ])('takes every step from %j on, in order', (file) => {
    expect(upgradeFile(file, steps)).toEqual({ schemaVersion: 3, timeNs: 2e6, kept: 'x' });
  });
  it.each([undefined, 'one', 0, 1.5])('leaves version %s to the schema', (schemaVersion) => {
    expect(upgradeFile({ schemaVersion, time: 2 }, steps)).toEqual({ schemaVersion, time: 2 });
  });
});

it('has one step fewer than formats, and a fixture of every format that still reads', () => {
  expect(UPGRADE_STEPS).toHaveLength(SCHEMA_VERSION - 1);
  for (let version = 1; version <= SCHEMA_VERSION; version++) {
    const name = `v${version}.json`;
    const text = readFileSync(new URL(`./testdata/${name}`, import.meta.url), 'utf8');
    expect(JSON.parse(text).schemaVersion).toBe(version);
    expect(readResultFile(text, name).schemaVersion).toBe(SCHEMA_VERSION);
  }
});
