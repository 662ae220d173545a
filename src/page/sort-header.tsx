// A column's head that sorts its table, and the order that follows from it.
import type { Signal } from '@preact/signals';
import { type CaseLine, sortLines } from '../report/case-lines.ts';

export type SortKey = Parameters<typeof sortLines>[1];

export interface Sort {
  readonly by: SortKey;
  readonly direction: 'ascending' | 'descending';
}

/** Without a chosen column: as measured, with the skipped ones after the rest. */
export function ordered(lines: readonly CaseLine[], sort: Sort | null): CaseLine[] {
  if (sort) return sortLines(lines, sort.by, sort.direction);
  const isSkipped = ({ row }: CaseLine): boolean => row.state === 'skipped';
  return [...lines.filter((line) => !isSkipped(line)), ...lines.filter(isSkipped)];
}

interface SortHeaderProps {
  readonly column: { readonly key: SortKey; readonly label: string; readonly help: string };
  readonly sort: Signal<Sort | null>;
  readonly className: string;
}

export function SortHeader({ column, sort, className }: SortHeaderProps) {
  const active = sort.value?.by === column.key ? sort.value.direction : null;
  const next = active === 'ascending' ? 'descending' : 'ascending';
  return (
    <th scope="col" class={className} aria-sort={active ?? 'none'} title={column.help}>
      <button
        type="button"
        class="sort"
        onClick={() => {
          sort.value = { by: column.key, direction: next };
        }}
      >
        {column.label}
        <span aria-hidden="true">{active === null ? '' : active === 'ascending' ? ' ▲' : ' ▼'}</span>
      </button>
    </th>
  );
}
