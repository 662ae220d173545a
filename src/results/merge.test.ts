import { describe, expect, it } from 'vitest';
import { packFiles } from './bundle.ts';
import { mergeFiles } from './merge.ts';
import { readResultFile, readResultFiles } from './read.ts';
import type { ResultFile } from './schema.ts';
import { KERNEL_ID, sampleFile, sampleRow, sampleSession } from './testdata/sample-file.ts';

const session = (id: string, hour: number, samples = [1, 2, 3]) =>
  sampleSession([sampleRow(KERNEL_ID, samples)], { id, startedAt: `2026-11-22T${hour}:00:00Z` });
const named = (name: string, file: ResultFile) => ({ name, file });
const late = named('late.json', sampleFile([session('c', 12)], { id: 'late', createdAt: '2026-11-22T12:00:00Z' }));
const early = named(
  'early.json',
  sampleFile([session('a', 10), session('b', 11)], {
    id: 'early',
    createdAt: '2026-11-22T10:00:00Z',
    plan: { suite: 'smoke', seed: 1, nonDefault: { sessions: 2 } },
  }),
);
const { environment } = late.file;
const other = named('other.json', {
  ...late.file,
  id: 'other',
  environment: { ...environment, adapter: { ...environment.adapter, description: 'Other GPU' } },
});

describe('mergeFiles', () => {
  it('puts sessions of one device and build in one file by time, under the oldest file’s name', () => {
    const [merged, ...rest] = mergeFiles([late, early]);
    expect(rest).toEqual([]);
    expect(merged).toMatchObject({ id: 'early', createdAt: '2026-11-22T10:00:00Z', plan: { nonDefault: {} } });
    expect(merged!.sessions.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('keeps devices, builds, plans and labels apart', () => {
    const build = named('build.json', { ...late.file, tool: { ...late.file.tool, commit: 'fedcba' } });
    const plan = named('plan.json', { ...late.file, plan: { ...late.file.plan, seed: 2 } });
    const label = named('label.json', { ...late.file, environment: { ...environment, label: 'bench-2' } });
    expect(mergeFiles([late, other, build, plan, label])).toEqual([late, other, build, plan, label].map((i) => i.file));
  });

  it('does not mind the order of keys', () => {
    const turned = { ...late.file, environment: Object.fromEntries(Object.entries(environment).reverse()) };
    expect(mergeFiles([late, named('turned.json', turned as ResultFile)])).toHaveLength(1);
  });

  it('changes nothing when merged again', () => {
    const once = mergeFiles([late, early, other]);
    const again = mergeFiles([...once.map((file, i) => named(`${i}`, file)), late, early]);
    expect(again).toEqual(once);
  });

  it('refuses one session told in two ways', () => {
    const edited = named('edited.json', { ...late.file, sessions: [session('c', 12, [1, 2, 4])] });
    expect(() => mergeFiles([late, edited])).toThrow('session c is told differently in late.json and edited.json');
  });
});

describe('a bundle', () => {
  const files = mergeFiles([late, other]);
  const text = JSON.stringify(packFiles(files));
  it('reads back as its files', () => expect(readResultFiles(text, 'b.json')).toEqual(files));
  it('of one file is that file', () => expect(packFiles([late.file])).toBe(late.file));
  it('is refused, with a way out, where one file is wanted', () => {
    expect(() => readResultFile(text, 'b.json')).toThrow(/^b\.json: a bundle of 2 result files.*--only/);
  });
  it.each([
    [
      text.replaceAll('"unit":"ns"', '"unit":"hours"'),
      /^b\.json: at files\.0\.sessions\.0\.rows\.0\.metrics\.0\.unit: /,
    ],
    [
      text.replace(/(.*)\[1,2,3\]/, '$1[1,NaN,3]'),
      /^b\.json: at files\.1\.sessions\.0\.rows\.0\.metrics\.0\.samples\.1: NaN/,
    ],
    [text.replace(/(.*)fleetmark\.result/, '$1other'), /^b\.json: at files\.1: not a Fleetmark result file/],
    [text.replace('"schemaVersion":1', '"schemaVersion":2'), /^b\.json: a bundle of format 2/],
    ['{"schema":"fleetmark.bundle","schemaVersion":1,"files":[]}', /^b\.json: at files: /],
  ])('names file and place of a fault (%#)', (broken, message) => {
    expect(() => readResultFiles(broken, 'b.json')).toThrow(message);
  });
});
