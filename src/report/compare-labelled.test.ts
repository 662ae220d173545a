import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../results/compare.ts';
import { fileOf, singles } from '../results/testdata/compare-helpers.ts';
import { compareLabelled, joinByLabel } from './compare-labelled.ts';

const base = fileOf('base', singles(1000, 1001, 999));
const slow = fileOf('slow', singles(1200, 1201, 1199));

describe('compareLabelled', () => {
  it('holds every further side against the first', () => {
    const report = compareLabelled(
      [
        { label: 'a', file: base },
        { label: 'b', file: slow },
        { label: 'c', file: base },
      ],
      DEFAULT_SETTINGS,
    )!;
    expect(report.base.label).toBe('a');
    expect(report.others.map(({ next, comparison }) => [next.label, comparison.rows[0]!.verdict])).toEqual([
      ['b', 'slower'],
      ['c', 'same'],
    ]);
  });

  it('needs two sides', () => {
    expect(compareLabelled([], DEFAULT_SETTINGS)).toBeNull();
    expect(compareLabelled([{ label: 'a', file: base }], DEFAULT_SETTINGS)).toBeNull();
  });
});

describe('joinByLabel', () => {
  it('counts the sessions of one label together', () => {
    const parts = [1, 2, 3].map((i) => ({ label: 'new', file: fileOf(`part${i}`, singles(1200 + i)) }));
    const [first, second, none] = joinByLabel([{ label: 'base', file: base }, ...parts]);
    expect(first).toMatchObject({ label: 'base', file: base });
    expect(second!.file.sessions).toHaveLength(3);
    expect(none).toBeUndefined();
  });

  it('refuses to mix builds under one label', () => {
    const other = { ...slow, tool: { ...slow.tool, commit: 'feedface' } };
    const files = [base, other].map((file) => ({ label: 'x', file }));
    expect(() => joinByLabel(files)).toThrow(/x: 2 files share this label.*different labels/);
  });
});
