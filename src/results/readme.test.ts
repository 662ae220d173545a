import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readResultFile } from './read.ts';

const README = new URL('../../bench-results/README.md', import.meta.url);

it('the annotated example in bench-results/README.md is a valid file', () => {
  const [, example = ''] = /```jsonc\n([\s\S]*?)\n```/.exec(readFileSync(README, 'utf8')) ?? [];
  // Comments begin after a space or a line's indentation; no text of the example holds such a `//`.
  const file = readResultFile(example.replace(/(^|\s)\/\/.*$/gm, ''), 'README.md');
  expect(file.sessions[0]?.rows[0]?.metrics[0]?.samples).toHaveLength(6);
});
