// The promises of src/results/compare-simulation.test.ts once more through the command line, on generated files: every row is
// an experiment of its own, its sessions drawn independently. Fixed seeds.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRng, type Rng } from '../core/rng.ts';
import type { ResultFile } from '../results/schema.ts';
import { noisyFile, noisySamples } from '../results/testdata/two-level-noise.ts';
import { runWith } from './testdata/fake-io.ts';

const ROWS = 400;
const CENTER = 1e6;
const range = (n: number) => Array.from({ length: n }, (_, i) => i);
const FALSE_LIMIT = 0.05 + 3 * Math.sqrt((0.05 * 0.95) / ROWS);

/** As the command prints it. */
interface JsonRow {
  readonly ratio: number;
  readonly interval: { readonly lo: number; readonly hi: number };
  readonly method: string;
  readonly verdict: string;
  readonly moreSessions: number | null;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-noise-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function compared(base: ResultFile, next: ResultFile): Promise<JsonRow[]> {
  await Promise.all([base, next].map((file) => writeFile(join(folder, `${file.id}.json`), JSON.stringify(file))));
  const ran = await runWith({ folder }, 'compare', `${base.id}.json`, `${next.id}.json`, '--format', 'json');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout).comparisons[0].rows;
}

function sideOf(rng: Rng, id: string, sessions: number, center: number): ResultFile {
  return noisyFile(
    range(sessions).map(() => range(ROWS).map(() => noisySamples(rng, center))),
    id,
  );
}

async function experiment(seed: number, sessions: number, ratio: number): Promise<JsonRow[]> {
  const rng = createRng(seed, sessions);
  return compared(sideOf(rng, 'base', sessions, CENTER), sideOf(rng, 'next', sessions, CENTER * ratio));
}

const share = (rows: readonly JsonRow[], holds: (row: JsonRow) => boolean) => rows.filter(holds).length / rows.length;
const excludesOne = ({ interval }: JsonRow) => interval.lo > 1 || interval.hi < 1;

describe('compare on simulated files', () => {
  it.each([3, 5, 10])('without a change, %d sessions a side', async (sessions) => {
    const rows = await experiment(21, sessions, 1);
    expect(rows).toHaveLength(ROWS);
    expect(share(rows, excludesOne)).toBeLessThanOrEqual(FALSE_LIMIT);
    expect(share(rows, ({ interval }) => interval.lo <= 1 && interval.hi >= 1)).toBeGreaterThanOrEqual(0.93);
    expect(share(rows, ({ verdict }) => verdict === 'faster' || verdict === 'slower')).toBeLessThanOrEqual(0.01);
  });

  it('with a change of 5 %, five sessions a side', async () => {
    expect(share(await experiment(22, 5, 1.05), excludesOne)).toBeGreaterThanOrEqual(0.8);
  });

  it('with a change of 10 %, five sessions a side', async () => {
    expect(share(await experiment(23, 5, 1.1), ({ verdict }) => verdict === 'slower')).toBeGreaterThanOrEqual(0.9);
  });

  it('under drift, in ABBA blocks', async () => {
    const rng = createRng(24);
    const pairs = 6;
    const drift = (turn: number): number => 1 + 0.04 * (turn / (2 * pairs - 1));
    const session = (turn: number): number[][] => range(ROWS).map(() => noisySamples(rng, CENTER * drift(turn)));
    const turns = range(pairs).map(
      (pair) => (pair % 2 === 0 ? [2 * pair, 2 * pair + 1] : [2 * pair + 1, 2 * pair]) as [number, number],
    );
    const blocks = range(pairs).map((pair) => ({ blockId: `block-${pair}` }));
    const rows = await compared(
      noisyFile(
        turns.map(([a]) => session(a)),
        'base',
        blocks,
      ),
      noisyFile(
        turns.map(([, b]) => session(b)),
        'next',
        blocks,
      ),
    );
    expect(rows[0]!.method).toBe('paired');
    expect(share(rows, excludesOne)).toBeLessThanOrEqual(0.06 + 3 * Math.sqrt((0.06 * 0.94) / ROWS));
  });

  it('plans within a factor of two', async () => {
    const rows = await experiment(25, 5, 1);
    const plans = rows.filter(({ verdict }) => verdict === 'inconclusive').map(({ moreSessions }) => 5 + moreSessions!);
    const middle = plans.toSorted((a, b) => a - b)[Math.floor(plans.length / 2)]!;
    // Nine sessions a side see 3 % of change through 2 % of session noise four times out of five.
    expect(middle).toBeGreaterThan(9 / 2);
    expect(middle).toBeLessThan(9 * 2);
  });
});
