// What stands in the Compare view and in which order: files in, moved, renamed, out. A file that cannot be read is named and
// left out; the others stay.
import { messageOf } from '../core/errors.ts';
import type { LabelledFile } from '../report/comparison.ts';
import { deviceName } from '../report/environment.ts';
import { wrongButFast } from '../report/wrong-but-fast.ts';
import { readResultFiles } from '../results/read.ts';
import type { ResultFile } from '../results/schema.ts';
import { type CompareSide, leftOut, sides } from './state.ts';

/** Adds every readable file, all at once; a bundle gives one side for each file in it. */
export async function addFiles(files: readonly File[]): Promise<void> {
  const faults: string[] = [];
  const found: LabelledFile[] = [];
  for (const file of files) {
    try {
      found.push(...(await readSides(file)));
    } catch (error) {
      const fault = messageOf(error);
      faults.push(fault.startsWith(file.name) ? fault : `${file.name}: ${fault}`);
    }
  }
  leftOut.value = faults;
  if (found.length > 0) sides.value = found.reduce(withSide, sides.value);
}

async function readSides(file: File): Promise<LabelledFile[]> {
  const results = readResultFiles(await file.text(), file.name);
  // A file may fit the schema and hold ids that no part of the page can take apart: that must come out here.
  for (const result of results) wrongButFast(result);
  return results.map((result) => ({
    label: results.length > 1 ? `${file.name}: ${deviceName(result.environment)}` : file.name,
    file: result,
  }));
}

/** Adds one file and returns the label it got. */
export function addSide(file: ResultFile, label: string): string {
  sides.value = withSide(sides.value, { label, file });
  return sides.value.at(-1)!.label;
}

/** The file comes last, under a label that no other side has: equal labels would join them. */
function withSide(list: readonly CompareSide[], { label, file }: LabelledFile): readonly CompareSide[] {
  const free = freeLabel(
    label,
    list.map((side) => side.label),
  );
  return [...list, { key: crypto.randomUUID(), label: free, file }];
}

/** `wanted`, else `wanted (2)`, `wanted (3)`, … */
export function freeLabel(wanted: string, taken: readonly string[]): string {
  let label = wanted;
  for (let i = 2; taken.includes(label); i++) label = `${wanted} (${i})`;
  return label;
}

/** One place up (-1) or down (1); stays where there is no further place. */
export function moved(list: readonly CompareSide[], key: string, by: -1 | 1): readonly CompareSide[] {
  const from = list.findIndex((side) => side.key === key);
  const to = from + by;
  if (from < 0 || to < 0 || to >= list.length) return list;
  const next = [...list];
  [next[from], next[to]] = [next[to]!, next[from]!];
  return next;
}

/** An empty label changes nothing. */
export function relabelled(list: readonly CompareSide[], key: string, label: string): readonly CompareSide[] {
  const given = label.trim();
  return given === '' ? list : list.map((side) => (side.key === key ? { ...side, label: given } : side));
}
