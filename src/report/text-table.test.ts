import { describe, expect, it } from 'vitest';
import { displayWidth, formatTable, indent, type Paint } from './text-table.ts';

describe('displayWidth', () => {
  it.each([
    ['abc', 3],
    ['± µs', 4],
    ['e\u0301', 1],
    ['显卡', 4],
    ['👩‍🔬', 2],
    ['\u001b[1mbold\u001b[22m', 4],
  ])('%j takes %i columns', (text, width) => expect(displayWidth(text)).toBe(width));
});

describe('formatTable', () => {
  it('aligns columns, lets a short row’s last cell run on, and leaves no space at line ends', () => {
    const rows = [
      { cells: ['a', '1', 'x'] },
      { cells: ['bb', '22', ''] },
      { cells: ['c', 'skipped: a sentence longer than any column'] },
    ];
    expect(formatTable(rows, ['left', 'right'])).toEqual([
      'a     1   x',
      'bb   22',
      'c    skipped: a sentence longer than any column',
    ]);
  });

  it('styles whole lines after they are aligned', () => {
    const paint: Paint = (style, text) => `<${style}>${text}</>`;
    expect(formatTable([{ cells: ['a', 'b'], style: 'bad' }, { cells: ['aa', 'b'] }], [], paint)).toEqual([
      '<bad>a    b</>',
      'aa   b',
    ]);
  });

  it('has no lines for no rows', () => expect(formatTable([], [])).toEqual([]));
});

it('indent leaves empty lines empty', () => expect(indent('a\n\nb')).toBe('  a\n\n  b'));
