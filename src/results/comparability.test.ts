import { describe, expect, it } from 'vitest';
import { compareFiles } from './compare.ts';
import type { ResultFile, Row, Session } from './schema.ts';
import { fileOf, only, singles } from './testdata/compare-helpers.ts';
import { KERNEL_ID, sampleFile, sampleMetric, sampleRow, sampleSession } from './testdata/sample-file.ts';

describe('not comparable', () => {
  const fileWith = (changes: Partial<Row>, sessionChanges: Partial<Session> = {}): ResultFile =>
    sampleFile([sampleSession([sampleRow(KERNEL_ID, [1000], changes)], { id: 'other', ...sessionChanges })]);
  const one = fileOf('base', singles(1000));

  it.each([
    [
      'a failed check',
      fileWith({ state: 'failed', reason: 'NMSE 0.3', metrics: [] }),
      'failed its accuracy check in new: NMSE 0.3',
    ],
    ['a skipped case', fileWith({ state: 'skipped', reason: 'too slow', metrics: [] }), 'skipped in new: too slow'],
    ['other work', fileWith({ cost: { flops: 1, bytes: 1 } }), 'other workload: flops 524288 → 1'],
    [
      'another way of timing',
      fileWith({ metrics: [sampleMetric('time', [1000], { estimator: 'wall-slope' })] }),
      'estimator timestamp → wall-slope',
    ],
    ['a median of zero', fileWith({ metrics: [sampleMetric('time', [0])] }), 'zero or below has no ratio'],
  ])('%s', (_, next, why) => {
    const row = only(one, next);
    expect(row).toMatchObject({ verdict: 'not-comparable', q: null });
    expect(row.why.join('; ')).toContain(why);
  });

  it('a check that fails in one of several sessions', () => {
    const good = sampleSession([sampleRow(KERNEL_ID, [1000])], { id: 's1' });
    const bad = sampleSession([sampleRow(KERNEL_ID, [], { state: 'failed', reason: 'wrong', metrics: [] })], {
      id: 's2',
    });
    expect(only(one, sampleFile([good, bad])).why[0]).toBe('failed its accuracy check in new (1 of 2 sessions): wrong');
  });

  it('sessions of one file that were timed in two ways', () => {
    const [one1, two] = [fileOf('a', singles(1000)), fileOf('b', singles(1000), { estimator: 'wall-slope' })];
    const mixed = { ...one1, sessions: [...one1.sessions, ...two.sessions] };
    expect(only(one, mixed).why).toContain('sessions of new differ in estimator');
  });

  it.each<[string, (file: ResultFile) => ResultFile, string]>([
    [
      'adapter',
      ({ environment, ...file }) => ({
        ...file,
        environment: { ...environment, adapter: { ...environment.adapter, device: 'x' } },
      }),
      'different adapter',
    ],
    [
      'driver',
      ({ environment, ...file }) => ({
        ...file,
        environment: { ...environment, adapter: { ...environment.adapter, driver: '9.1' } },
      }),
      'different driver: not told → 9.1',
    ],
    [
      'browser major',
      ({ environment, ...file }) => ({
        ...file,
        environment: { ...environment, browser: { ...environment.browser, version: '157.0' } },
      }),
      'different browser: Chromium 156 → Chromium 157',
    ],
    [
      'measuring flags',
      ({ environment, ...file }) => ({
        ...file,
        environment: { ...environment, browser: { ...environment.browser, flags: ['--enable-unsafe-webgpu'] } },
      }),
      'different measuring flags: none → --enable-unsafe-webgpu',
    ],
    [
      'timer',
      (file) => ({
        ...file,
        sessions: file.sessions.map((session) => ({
          ...session,
          timer: { ...session.timer, kind: 'wall-slope' as const },
        })),
      }),
      'different timer',
    ],
  ])('a different %s, unless that is what is compared', (_, change, why) => {
    const next = change(fileOf('next', singles(1000)));
    expect(only(one, next)).toMatchObject({ verdict: 'not-comparable', why: [expect.stringContaining(why)] });
    expect(only(one, next, { acrossEnvironment: true }).verdict).toBe('inconclusive');
  });

  it('but flags that only start a browser unattended, and a minor version, forbid nothing', () => {
    const byHand = fileOf('next', singles(1000));
    byHand.environment.browser.flags = [];
    byHand.environment.browser.version = '156.0.9.9';
    byHand.environment.browser.headless = null;
    expect(only(one, byHand).verdict).toBe('inconclusive');
    expect(compareFiles(one, byHand).differences.map(({ what }) => what)).toEqual(['browser version']);
  });
});
