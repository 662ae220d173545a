import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRng, shuffled } from '../core/rng.ts';
import { compareFiles } from './compare.ts';
import type { ResultFile, Row } from './schema.ts';
import { fileOf, only, singles } from './testdata/compare-helpers.ts';
import { sampleDecoderRow, sampleFile, sampleRow, sampleSession } from './testdata/sample-file.ts';

const base3 = fileOf('base', singles(1000, 1001, 999));

describe('verdicts', () => {
  it.each([
    ['slower', singles(1100, 1101, 1099)],
    ['faster', singles(900, 901, 899)],
    ['same', singles(1002, 1001, 1000)],
    ['small', singles(1015, 1016, 1014)],
    ['inconclusive', singles(990, 1100, 1040)],
  ])('%s', (verdict, sessions) => {
    expect(only(base3, fileOf('next', sessions)).verdict).toBe(verdict);
  });

  it('call a higher rate faster', () => {
    const rate = { unit: 'tokens/s', better: 'higher', name: 'decode-rate', estimator: 'wall' } as const;
    const [slow, fast] = [fileOf('a', singles(10, 10.1, 9.9), rate), fileOf('b', singles(20, 20.1, 19.9), rate)];
    expect(only(slow, fast).verdict).toBe('faster');
    expect(only(fast, slow).verdict).toBe('slower');
  });

  it('say how many more sessions it takes, fewer where the threshold is wider', () => {
    const open = fileOf('next', singles(990, 1100, 1040));
    const more = (preset: 'strict' | 'permissive') =>
      only(base3, open, { thresholds: { preset, own: {} } }).moreSessions!;
    expect(more('permissive')).toBeGreaterThan(0);
    expect(more('strict')).toBeGreaterThan(more('permissive'));
  });

  it('follow a threshold of one’s own', () => {
    const next = fileOf('next', singles(1100, 1101, 1099));
    expect(only(base3, next, { thresholds: { preset: 'default', own: { time: 0.2 } } })).toMatchObject({
      verdict: 'small',
      threshold: 0.2,
    });
  });

  it('do not call what the clock cannot tell', () => {
    // Two steps of 1,000 ns over a span of 10 × 1,000 ns are 20 %.
    const coarse = { opsPerSample: 10 };
    const next = fileOf('next', singles(1100, 1101, 1099), coarse);
    expect(only(fileOf('base', singles(1000, 1001, 999), coarse), next)).toMatchObject({
      threshold: expect.closeTo(0.2, 1),
      verdict: 'small',
    });
  });

  it('of few sessions are withheld when the samples drift; from three on the drift is only told', () => {
    const drifting = [90, 90, 90, 100, 100, 100, 130, 130, 130].map((value) => value * 20);
    const why = [expect.stringContaining('not steady inside its sessions')];
    expect(only(fileOf('base', singles(1000)), fileOf('next', [drifting]))).toMatchObject({
      verdict: 'inconclusive',
      unsteady: true,
      moreSessions: null,
      why: [expect.stringContaining('assumed'), ...why],
    });
    expect(only(base3, fileOf('next', [drifting, drifting, drifting]))).toMatchObject({ verdict: 'slower', why });
  });

  it('stand only among all rows looked at', () => {
    const many = (name: string, factor: number): ResultFile => {
      const sessions = [1e6, 1.01e6, 0.99e6].map((value, session) => {
        const rows = Array.from({ length: 60 }, (_, i) =>
          sampleRow(`kernel/a/b:i=${i}`, [i === 0 ? value * factor : value]),
        );
        return sampleSession(rows, { id: `${name}-${session}` });
      });
      return sampleFile(sessions);
    };
    const alone = (file: ResultFile): ResultFile => ({
      ...file,
      sessions: file.sessions.map((session) => ({ ...session, rows: session.rows.slice(0, 1) })),
    });
    const [base, next] = [many('base', 1), many('next', 1.05)];
    const row = only(base, next);
    expect(only(alone(base), alone(next)).verdict).toBe('slower');
    expect(row).toMatchObject({ verdict: 'inconclusive', why: [expect.stringContaining('among 60 rows')] });
    expect(row.q!).toBeGreaterThan(row.estimate!.p);
  });
});

describe('few sessions', () => {
  const [one, other] = [fileOf('base', singles(1000)), fileOf('next', singles(1050))];

  it('are judged by an assumed spread, said so', () => {
    const row = only(one, other);
    expect(row).toMatchObject({
      verdict: 'inconclusive',
      why: [expect.stringContaining('assumed session noise of 3.0 %')],
    });
    expect(row.estimate!.interval.hi / row.estimate!.ratio).toBeCloseTo(Math.exp(1.96 * Math.SQRT2 * 0.03), 3);
    expect(only(one, fileOf('next', singles(1300))).verdict).toBe('slower');
  });

  it('are judged by the device’s calibrated spread where there is one', () => {
    const calibrations = [
      {
        device: 'acme rocket ACME Rocket 9000 · Chromium 156 · browser · timestamp',
        calibratedAt: '',
        sessions: 10,
        metrics: { time: { estimator: 'timestamp' as const, sigma: 0.005, degrees: 40, within: 0.01 } },
      },
    ];
    expect(only(one, other, { calibrations })).toMatchObject({
      verdict: 'slower',
      why: [expect.stringContaining('calibrated session noise of 0.5 %')],
    });
  });

  it('with a larger spread of their own are judged by that', () => {
    const [a, b] = [fileOf('base', singles(1000, 1500)), fileOf('next', singles(1400, 2100))];
    expect(only(a, b).verdict).toBe('inconclusive');
  });
});

describe('blocks', () => {
  const blocked = (name: string, values: number[]): ResultFile => {
    const file = fileOf(name, singles(...values));
    return { ...file, sessions: file.sessions.map((session, i) => ({ ...session, blockId: `block-${i}` })) };
  };

  it('are compared pair by pair, so that what both share falls out', () => {
    const drift = [1000, 1200, 1500, 1900, 2400];
    const [a, b] = [
      blocked('base', drift),
      blocked(
        'next',
        drift.map((value, i) => value * (1.1 + 0.001 * i)),
      ),
    ];
    expect(only(a, b)).toMatchObject({ verdict: 'slower', estimate: { method: 'paired', rankP: null } });
    const unblocked = fileOf('next', singles(...drift.map((value) => value * 1.1)));
    expect(only(a, unblocked)).toMatchObject({ verdict: 'inconclusive', estimate: { method: 'welch' } });
  });
});

describe('properties', () => {
  const values = fc.array(fc.double({ min: 500, max: 2000, noNaN: true }), { minLength: 1, maxLength: 6 });
  const MIRRORED: Readonly<Record<string, string>> = { faster: 'slower', slower: 'faster' };

  it('a file against itself is exactly 1 and the same', () => {
    fc.assert(
      fc.property(values, (list) => {
        const file = fileOf('x', singles(...list));
        expect(only(file, structuredClone(file))).toMatchObject({
          verdict: 'same',
          estimate: { ratio: 1, interval: { lo: 1, hi: 1 }, p: 1 },
        });
      }),
    );
  });

  it('A against B mirrors B against A', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [forth, back] = [
          only(fileOf('a', singles(...a)), fileOf('b', singles(...b))),
          only(fileOf('b', singles(...b)), fileOf('a', singles(...a))),
        ];
        expect(back.estimate!.ratio * forth.estimate!.ratio).toBeCloseTo(1, 9);
        expect(back.estimate!.interval.lo * forth.estimate!.interval.hi).toBeCloseTo(1, 9);
        expect(back.estimate!.p).toBeCloseTo(forth.estimate!.p, 9);
        expect(back.verdict).toBe(MIRRORED[forth.verdict] ?? forth.verdict);
      }),
    );
  });

  it('neither the unit’s scale nor the order of sessions, samples or cases changes anything', () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: 0, max: 99 }), (a, b, seed) => {
        const timeless = { estimator: 'count' } as const;
        const [first, second] = [fileOf('a', singles(...a), timeless), fileOf('b', singles(...b), timeless)];
        const scaled = (list: number[]): number[][] => singles(...list.map((value) => value * 1024));
        const reordered = (file: ResultFile): ResultFile => ({
          ...file,
          sessions: shuffled(file.sessions, createRng(seed)),
        });
        const plain = only(first, second);
        for (const row of [
          only(fileOf('a', scaled(a), timeless), fileOf('b', scaled(b), timeless)),
          only(reordered(first), reordered(second)),
        ]) {
          expect(row.estimate!.ratio).toBeCloseTo(plain.estimate!.ratio, 9);
          expect(row.estimate!.interval.lo).toBeCloseTo(plain.estimate!.interval.lo, 9);
          expect(row.verdict).toBe(plain.verdict);
        }
      }),
    );
  });
});

describe('rows', () => {
  it('list a case that one file lacks, and match renamed ones', () => {
    const tiled = sampleFile([sampleSession([sampleRow('kernel/matmul/tiled:n=1', [2000])], { id: 's' })]);
    const register = sampleFile([sampleSession([sampleRow('kernel/matmul/register:n=1', [1000])], { id: 't' })]);
    expect(compareFiles(tiled, register)).toMatchObject({
      rows: [],
      missing: [
        { id: 'kernel/matmul/tiled:n=1', side: 'new' },
        { id: 'kernel/matmul/register:n=1', side: 'base' },
      ],
    });
    const match = { base: 'kernel/matmul/tiled', next: 'kernel/matmul/register' };
    expect(only(tiled, register, { match })).toMatchObject({
      id: 'kernel/matmul/register:n=1',
      estimate: { ratio: expect.closeTo(0.5, 12) },
    });
  });

  it('hold the tail of token gaps where every session supports it', () => {
    const file = (name: string): ResultFile =>
      sampleFile([0, 1, 2].map((i) => sampleSession([sampleDecoderRow()], { id: `${name}${i}` })));
    const labels = compareFiles(file('a'), file('b')).rows.map(({ metric }) => metric);
    expect(labels).toEqual(['ttft', 'gap', 'gap p90', 'decode-rate']);
  });

  it('are averaged per metric, over those both files share and may be compared', () => {
    const rows = (factor: number): Row[] => [
      sampleRow('kernel/a/x', [100 * factor]),
      sampleRow('kernel/b/x', [100 / factor ** 3]),
      sampleRow('kernel/c/x', [0]),
    ];
    const base = sampleFile([sampleSession([...rows(1), sampleRow('kernel/d/x', [1])], { id: 'a' })]);
    const next = sampleFile([sampleSession(rows(2), { id: 'b' })]);
    // Speed-ups of 1/2 and 8: their geometric mean is 2.
    expect(compareFiles(base, next).geometricMeans).toEqual([
      { metric: 'time', speedup: expect.closeTo(2, 12), rows: 2, of: 4 },
    ]);
  });
});
