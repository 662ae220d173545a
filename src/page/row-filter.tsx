// Which rows of a comparison are shown: only changed ones, and those that hold a text.
import type { Signal } from '@preact/signals';
import { verdictText } from '../report/verdict-text.ts';
import type { ComparedRow } from '../results/compare.ts';
import type { Verdict } from '../results/verdict.ts';

export interface RowFilter {
  readonly changedOnly: boolean;
  readonly needle: string;
}

const CHANGED: readonly Verdict[] = ['faster', 'slower', 'small'];
const isChanged = ({ verdict }: ComparedRow): boolean => CHANGED.includes(verdict);

export function filterRows(rows: readonly ComparedRow[], { changedOnly, needle }: RowFilter): ComparedRow[] {
  const wanted = needle.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (!changedOnly || isChanged(row)) &&
      `${row.id} ${row.metric ?? ''} ${verdictText(row)}`.toLowerCase().includes(wanted),
  );
}

interface RowFilterBarProps {
  readonly filter: Signal<RowFilter>;
  /** All rows of all comparisons, for the counts. */
  readonly rows: readonly ComparedRow[];
}

export function RowFilterBar({ filter, rows }: RowFilterBarProps) {
  const choices = [
    { text: `all ${rows.length}`, changedOnly: false },
    { text: `changed ${rows.filter(isChanged).length}`, changedOnly: true },
  ];
  return (
    <>
      <fieldset class="chips" aria-label="Rows by change">
        {choices.map(({ text, changedOnly }) => (
          <button
            type="button"
            key={text}
            aria-pressed={filter.value.changedOnly === changedOnly}
            onClick={() => {
              filter.value = { ...filter.value, changedOnly };
            }}
          >
            {text}
          </button>
        ))}
      </fieldset>
      <input
        type="search"
        class="case-filter"
        aria-label="Filter rows"
        placeholder="Filter rows"
        value={filter.value.needle}
        onInput={(event) => {
          filter.value = { ...filter.value, needle: event.currentTarget.value };
        }}
      />
    </>
  );
}
