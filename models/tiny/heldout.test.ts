import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { heldoutPrompt, heldoutWindows, textOf } from './heldout.ts';
import { HELDOUT_CONTEXT, HELDOUT_WINDOWS } from './tiny-config.ts';

const file = readFileSync(new URL('heldout.txt', import.meta.url));

describe('held-out text', () => {
  it('whole: windows that do not overlap, one character more than they foretell, to the end of the text', () => {
    const { windows, label } = heldoutWindows('whole');
    expect(windows).toHaveLength(HELDOUT_WINDOWS);
    expect(windows.every((window) => window.length === HELDOUT_CONTEXT + 1)).toBe(true);
    expect(windows[1]![0]).toBe(windows[0]!.at(-1));
    expect(windows.flatMap((window) => window.slice(0, -1))).toEqual([...file.subarray(0, 435 * 256)]);
    expect(label).toBe('models/tiny/heldout.txt, all windows of 256 characters');
  });

  it('one: the window whose loss training.json states, the same for everyone', () => {
    const start = Math.floor(file.length / 2);
    expect(heldoutWindows(1).windows).toEqual([[...file.subarray(start, start + 257)]]);
  });

  it('a prompt is text a person can read', () => {
    expect(textOf(heldoutPrompt(24))).toBe('GREMIO:\nGood morrow, nei');
  });
});
