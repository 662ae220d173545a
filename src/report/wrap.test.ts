import { expect, it } from 'vitest';
import { wrap } from './wrap.ts';

it('breaks at spaces before the width, with a hanging indent', () => {
  expect(wrap('one two three four', '- ', '  ', 9)).toEqual(['- one two', '  three', '  four']);
});

it('gives a word longer than the width a line of its own', () => {
  expect(wrap('a bbbbbbbbbb c', '', '', 5)).toEqual(['a', 'bbbbbbbbbb', 'c']);
});

it('gives no line for no words', () => {
  expect(wrap('  ', '- ')).toEqual([]);
});
