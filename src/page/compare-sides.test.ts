import { beforeEach, describe, expect, it } from 'vitest';
import { packFiles } from '../results/bundle.ts';
import { fileOf, singles } from '../results/testdata/compare-helpers.ts';
import { addFiles, addSide, freeLabel, moved, relabelled } from './compare-sides.ts';
import { leftOut, sides } from './state.ts';

const base = fileOf('base', singles(1000));
const json = (name: string, value: unknown): File =>
  new File([typeof value === 'string' ? value : JSON.stringify(value)], name);
const labels = (): string[] => sides.value.map(({ label }) => label);

beforeEach(() => {
  sides.value = [];
  leftOut.value = [];
});

describe('addFiles', () => {
  it('names bad files, leaves them out and keeps the others', async () => {
    const badId = JSON.stringify(base).replaceAll(/kernel\/matmul\/register:[^"]*/g, 'kernel/stream/read:=;');
    await addFiles([
      json('a.json', base),
      json('cut.json', '{"schema":'),
      json('odd.json', badId),
      json('b.json', base),
    ]);
    expect(labels()).toEqual(['a.json', 'b.json']);
    expect(leftOut.value[0]).toMatch(/^cut\.json: not valid JSON, cut off/);
    expect(leftOut.value[1]).toMatch(/^odd\.json: /);
    await addFiles([json('a.json', base)]);
    expect(labels()).toEqual(['a.json', 'b.json', 'a.json (2)']);
    expect(leftOut.value).toEqual([]);
  });

  it('opens a bundle as one side a file', async () => {
    const other = { ...base, environment: { ...base.environment, label: 'second' } };
    await addFiles([json('all.json', packFiles([base, other]))]);
    expect(labels()).toEqual(['all.json: ACME Rocket 9000', 'all.json: second']);
  });
});

it('finds a free label', () => {
  expect(freeLabel('a', [])).toBe('a');
  expect(freeLabel('a', ['a', 'a (2)'])).toBe('a (3)');
});

describe('the order', () => {
  it('changes by one place and stops at the ends', () => {
    for (const name of ['a', 'b', 'c']) addSide(base, name);
    const [, b, c] = sides.value;
    const names = (list: typeof sides.value): string => list.map(({ label }) => label).join('');
    expect(names(moved(sides.value, b!.key, -1))).toBe('bac');
    expect(names(moved(sides.value, b!.key, 1))).toBe('acb');
    expect(moved(sides.value, c!.key, 1)).toBe(sides.value);
    expect(moved(sides.value, 'none', 1)).toBe(sides.value);
  });

  it('keeps a label that would become empty', () => {
    addSide(base, 'a');
    const { key } = sides.value[0]!;
    expect(relabelled(sides.value, key, ' new ')[0]!.label).toBe('new');
    expect(relabelled(sides.value, key, '  ')[0]!.label).toBe('a');
  });
});
