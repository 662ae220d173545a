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

  it('folds what is wider than the terminal: names first, figures under them in columns, sentences wrapped', () => {
    const rows = [
      { cells: ['case', 'parameters', 'time', 'rate', 'share'] },
      { cells: ['kernel/a', 'm=1', '1.00 ms', '12 GB/s', '7 %'] },
      { cells: ['kernel/bb', 'm=1024', '250 ms', '1 GB/s', '100 %'] },
      { cells: ['kernel/c', 'm=1', 'skipped: needs a feature that this device lacks'] },
    ];
    const align = ['left', 'left', 'right', 'right', 'right'] as const;
    const lines = formatTable(rows, align, undefined, 30);
    expect(lines).toEqual([
      'case   parameters',
      '       time      rate   share',
      'kernel/a   m=1',
      '    1.00 ms   12 GB/s     7 %',
      'kernel/bb   m=1024',
      '     250 ms    1 GB/s   100 %',
      'kernel/c   m=1',
      '    skipped: needs a feature',
      '    that this device lacks',
    ]);
    expect(formatTable(rows, align, undefined, 24).slice(1, 3)).toEqual(['       time      rate', '    share']);
    expect(formatTable(rows, align, undefined, 200)).toEqual(formatTable(rows, align));
  });

  it('has no lines for no rows', () => expect(formatTable([], [])).toEqual([]));
});

it('indent leaves empty lines empty', () => expect(indent('a\n\nb')).toBe('  a\n\n  b'));
