import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, type Options } from '../core/options.ts';
import { readResultFile } from '../results/read.ts';
import type { ResultFile } from '../results/schema.ts';
import { sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import type { HostEvent } from '../workers/api.ts';
import { Recording } from './recording.ts';
import { findBaseline, loadResultFile, openResultStore, requireWritable } from './result-store.ts';

const { environment } = sampleFile([]);
const rows = ['kernel/a/x', 'kernel/a/y'].map((id) => sampleRow(id, [1, 2, 3]));
const planned: HostEvent = {
  type: 'planned',
  cases: [],
  session: sampleSession([], { state: 'running', order: rows.map((row) => row.id) }),
};
const rowEvents = rows.map((row): HostEvent => ({ type: 'row', row, secondsLeft: null }));

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

function record(out: string, options: Options = DEFAULT_OPTIONS): Recording {
  return new Recording(environment, options, (first) => openResultStore(out, folder, folder, first));
}

async function read(path: string): Promise<ResultFile> {
  return readResultFile(await readFile(path, 'utf8'), path);
}

describe('Recording', () => {
  it('has a valid file on disk after every row, and nothing before the first', async () => {
    const recording = record('run.json');
    recording.event(planned);
    expect(await readdir(folder)).toEqual([]);
    recording.event(rowEvents[0]!);
    await expect.poll(() => readdir(folder)).toEqual(['run.json']);
    expect((await read(recording.path)).sessions).toMatchObject([{ state: 'running', rows: [rows[0]] }]);
  });

  it('keeps what it heard of when the page is gone', async () => {
    const recording = record('run.json');
    for (const event of [planned, ...rowEvents]) recording.event(event);
    await recording.end(null, 'crashed');
    expect((await read(recording.path)).sessions).toMatchObject([{ state: 'crashed', rows }]);
    expect(await readdir(folder)).toEqual(['run.json']);
  });

  it('takes the page’s own account at the end, and appends the next session', async () => {
    const recording = record('run.json');
    recording.event(planned);
    await recording.end(sampleSession(rows, { hiddenMs: 7 }), 'complete');
    recording.event(planned);
    await recording.end(null, 'interrupted');
    const { sessions } = await read(recording.path);
    expect(sessions.map(({ state, hiddenMs }) => [state, hiddenMs])).toEqual([
      ['complete', 7],
      ['interrupted', 0],
    ]);
  });

  it('names its own file after adapter, commit and time', () => {
    expect(record('').path).toMatch(/bench-results[\\/]local[\\/]acme-rocket-9000_[^_]+_\d{4}-\d\d-\d\dT[\d-]+\.json$/);
  });

  it('says where it cannot write', async () => {
    await writeFile(join(folder, 'file'), '');
    const recording = record('file/run.json');
    recording.event(planned);
    await expect(recording.end(null, 'complete')).rejects.toThrow(/run\.json: cannot be written .* --out/);
    await expect(requireWritable('file/run.json', folder)).rejects.toThrow('cannot be written');
    await expect(requireWritable('.', folder)).rejects.toThrow('it is a folder');
    await expect(requireWritable('new/run.json', folder)).resolves.toBeUndefined();
  });
});

describe('findBaseline', () => {
  const at = (time: string, changes: Partial<ResultFile> = {}): Promise<string> => {
    const path = join(folder, `acme_1234567_${time}.json`);
    return writeFile(path, JSON.stringify(sampleFile([], changes))).then(() => path);
  };

  it('is the newest earlier file of the same adapter and plan', async () => {
    await at('2026-01-01');
    const newest = await at('2026-01-03');
    await at('2026-01-02');
    await at('2026-01-04', { plan: { suite: 'full', seed: 1, nonDefault: {} } });
    await at('2026-01-05', { plan: { suite: 'smoke', seed: 1, nonDefault: { filter: ['kernel/*'] } } });
    await writeFile(join(folder, 'acme_1234567_2026-01-06.json'), 'broken');
    await writeFile(join(folder, 'other_1234567_2026-01-07.json'), JSON.stringify(sampleFile([])));
    const own = await at('2026-01-08');
    expect(await findBaseline(own, await loadResultFile(own, folder))).toBe(newest);
  });

  it('is null where there is none', async () => {
    const own = await at('2026-01-08');
    expect(await findBaseline(own, await loadResultFile(own, folder))).toBeNull();
  });
});
