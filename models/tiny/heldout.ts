// The held-out text of the trained model as tokens (a byte each), in windows as long as its context. Knows no model.
import text from './heldout.txt?raw';
import { HELDOUT_CONTEXT, HELDOUT_WINDOWS } from './tiny-config.ts';

const bytes = (): Uint8Array => new TextEncoder().encode(text);

/**
 * `count` windows that do not overlap, around the middle of the text, or all of them: the first of the middle ones is the one
 * whose loss training.json states.
 */
export function heldoutWindows(count: number | 'whole'): { readonly label: string; readonly windows: number[][] } {
  const all = bytes();
  const most = HELDOUT_WINDOWS;
  const taken = count === 'whole' ? most : Math.min(count, most);
  const start = taken === most ? 0 : Math.floor(all.length / 2);
  const windows = Array.from({ length: taken }, (_, i) => {
    const from = start + i * HELDOUT_CONTEXT;
    return [...all.subarray(from, from + HELDOUT_CONTEXT + 1)];
  });
  const which = taken === most ? 'all' : `${taken} of ${most}, from the middle,`;
  return { label: `models/tiny/heldout.txt, ${which} windows of ${HELDOUT_CONTEXT} characters`, windows };
}

/** The text's beginning, less its empty lines. */
export function heldoutPrompt(length: number): number[] {
  const all = bytes();
  const start = all.findIndex((byte) => byte !== 10);
  return [...all.subarray(start, start + length)];
}

export function textOf(tokens: readonly number[]): string {
  return new TextDecoder().decode(Uint8Array.from(tokens));
}
