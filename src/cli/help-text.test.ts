import { expect, it } from 'vitest';
import { wrapHelp } from './help-text.ts';

it('wraps paragraphs at the margin and leaves options, examples and line ends alone', () => {
  const option = `  --flag <x>  ${'word '.repeat(30)}`;
  const long = `${'first '.repeat(20)}end\nnext line`;
  const text = wrapHelp(`Usage: fleetmark x\n\nOptions:\n${option}\n\n${long}\n`);
  const lines = text.split('\n');
  expect(lines.slice(0, 4)).toEqual(['Usage: fleetmark x', '', 'Options:', option]);
  expect(lines.slice(5).every((line) => line.length <= 80)).toBe(true);
  expect(text.endsWith('first end next line\n')).toBe(true);
});

it('leaves a short paragraph as it was written', () => expect(wrapHelp('a\nb\n')).toBe('a\nb\n'));
