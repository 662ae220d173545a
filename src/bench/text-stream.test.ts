import { describe, expect, it } from 'vitest';
import { createTextStream, type TextSoFar } from './text-stream.ts';

describe('text stream', () => {
  it('tells at most four times a second while tokens come, and everything when the generation is over', () => {
    const told: TextSoFar[] = [];
    let now = 1000;
    const words = (tokens: readonly number[]): string => tokens.join(' ');
    const stream = createTextStream(
      [7],
      words,
      (text) => told.push(text),
      () => now,
    );
    for (const token of [1, 2, 3, 4, 5, 6]) {
      stream.onToken(token);
      now += 100;
    }
    expect(told.map(({ text }) => text)).toEqual(['1', '1 2 3 4']);
    expect(told[0]).toEqual({ prompt: '7', text: '1', tokens: 1, tokensPerSecond: null });
    stream.end({ tokens: [1, 2, 3], prefillNs: null, ttftNs: 5, gapsNs: [4e8, 6e8] });
    expect(told.at(-1)).toEqual({ prompt: '7', text: '1 2 3', tokens: 3, tokensPerSecond: 2 });
  });
});
