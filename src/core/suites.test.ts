import { describe, expect, it } from 'vitest';
import { type ListedCase, selectCases } from './suites.ts';

const all: ListedCase[] = [
  { id: 'kernel/a/x:n=1', suites: ['default', 'full'] },
  { id: 'kernel/a/y:n=1', suites: ['full'] },
  { id: 'kernel/b/x:n=1', suites: ['default'] },
];
const select = (filter: string[], accepts?: (id: string) => boolean, suite = 'default') =>
  selectCases(all, { suite, filter }, accepts);

describe('selectCases', () => {
  it('takes the suite without a filter and looks through every suite with one', () => {
    expect(select([])).toEqual(['kernel/a/x:n=1', 'kernel/b/x:n=1']);
    expect(select(['kernel/a/*'])).toEqual(['kernel/a/x:n=1', 'kernel/a/y:n=1']);
    expect(select(['kernel/a/*'], undefined, 'full')).toEqual(['kernel/a/x:n=1', 'kernel/a/y:n=1']);
  });

  it('runs an unlisted case by its exact id, once, after the listed ones', () => {
    const accepts = (id: string): boolean => id.startsWith('kernel/a/');
    expect(select(['kernel/a/x:n=2', 'kernel/b/x', 'kernel/a/x:n=2'], accepts)).toEqual([
      'kernel/b/x:n=1',
      'kernel/a/x:n=2',
    ]);
  });

  it('refuses what is neither listed nor accepted, and a pattern that matches nothing', () => {
    expect(() => select(['kernel/c/x:n=1'], () => false)).toThrow("--filter 'kernel/c/x:n=1' matches no case");
    expect(() => select(['kernel/c/*'], () => true)).toThrow("--filter 'kernel/c/*' matches no case");
  });
});
