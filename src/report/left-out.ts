// What a chart does not show, as a sentence.

/** ` 2 failed are left out.`, to follow another sentence; empty for none. */
export function leftOut(count: number, why: string): string {
  if (count === 0) return '';
  return ` ${count} ${why} ${count === 1 ? 'is' : 'are'} left out.`;
}
