import { describe, expect, it } from 'vitest';
import { unroll } from './unroll.ts';

describe('unroll', () => {
  it('repeats a line and numbers it', () => {
    expect(unroll('a\n  //! for r in 0..ROWS\n  var c$r = x[$ru];\n  //! end\nb', { ROWS: 2 })).toBe(
      'a\n  var c0 = x[0u];\n  var c1 = x[1u];\nb',
    );
  });
  it('nests, the inner loop running fastest', () => {
    const source = '//! for r in 0..2\nrow $r\n//! for v in 0..COLS\nc$r_$v\n//! end\n//! end';
    expect(unroll(source, { COLS: 2 }).split('\n')).toEqual(['row 0', 'c0_0', 'c0_1', 'row 1', 'c1_0', 'c1_1']);
  });
  it('leaves out a loop of none', () => {
    expect(unroll('//! for r in 0..0\nx\n//! end\ny', {})).toBe('y');
  });
  it('keeps or drops what is behind a condition', () => {
    const source = '//! if ONE\na $r\n//! end\n//! if TWO\nb\n//! end\nc';
    expect(unroll(source, { ONE: 1, TWO: 0 })).toBe('a $r\nc');
  });
  it.each([
    ['//! for r in 0..ROWS\nx\n//! end', /line 1 names no known count: ROWS/],
    ['//! for r in 0..2\nx', /the loop of line 1 has no end/],
    ['x\n//! end\ny', /line 2 ends no loop/],
  ])('refuses %j', (source, message) => {
    expect(() => unroll(source, {})).toThrow(message);
  });
});
