import { describe, expect, it } from 'vitest';
import { type Output, paintFor } from './io.ts';

function paints(isTTY: boolean, env: Record<string, string>): boolean {
  const output: Output = { write: () => {}, isTTY, columns: 80 };
  const text = paintFor(output, env)('bold', 'x');
  return text !== 'x' && text.includes('x');
}

describe('paintFor', () => {
  it('colours a terminal and nothing else', () => {
    expect(paints(true, {})).toBe(true);
    expect(paints(false, {})).toBe(false);
  });

  it.each<Record<string, string>>([{ NO_COLOR: '1' }, { TERM: 'dumb' }, { FORCE_COLOR: '0' }])(
    'leaves a terminal plain under %o',
    (env) => {
      expect(paints(true, env)).toBe(false);
    },
  );

  it('heeds FORCE_COLOR without a terminal, and an empty NO_COLOR not at all', () => {
    expect(paints(false, { FORCE_COLOR: '1' })).toBe(true);
    expect(paints(false, { FORCE_COLOR: '1', NO_COLOR: '1' })).toBe(true);
    expect(paints(true, { NO_COLOR: '' })).toBe(true);
  });
});
