// The known name a person most likely meant by a mistyped one.

/** Long names with a common part (paths) are near one another in share, not in what was meant. */
const MOST_EDITS = 3;

/** Of the known names the one fewest edits away, where those are few beside its length; null where none is near. */
export function nearestName(typed: string, known: readonly string[]): string | null {
  let best: { name: string; edits: number } | null = null;
  for (const name of known) {
    const edits = editDistance(typed.toLowerCase(), name.toLowerCase());
    if (
      edits <= Math.min(MOST_EDITS, Math.max(1, name.length * 0.4)) &&
      edits < (best?.edits ?? Number.POSITIVE_INFINITY)
    ) {
      best = { name, edits };
    }
  }
  return best?.name ?? null;
}

/** Insertions, deletions and replacements that turn one text into the other (Levenshtein), one row of the table at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
