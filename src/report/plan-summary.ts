// Case ids of a plan → what it holds, in a line a kind. Knows no suite by name.
import { labelCase } from './case-label.ts';
import { counted } from './units.ts';

/** e.g. `["31 kernel cases: stream, fma, matmul", "4 model cases: test-4x128"]`. */
export function planSummary(ids: readonly string[]): string[] {
  const kinds = new Map<string, { count: number; families: Set<string> }>();
  for (const id of ids) {
    const { kind, family } = labelCase(id);
    const entry = kinds.get(kind) ?? { count: 0, families: new Set<string>() };
    entry.count++;
    entry.families.add(family);
    kinds.set(kind, entry);
  }
  return [...kinds].map(
    ([kind, { count, families }]) => `${counted(count, `${kind} case`)}: ${[...families].join(', ')}`,
  );
}
