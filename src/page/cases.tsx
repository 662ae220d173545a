// The cases of a session: filtered by text and state, one table a kind, sorted by any column, each row opening its details.
// Narrow windows restack a row's cells under its name (style.css), so that nothing scrolls sideways.
import { type Signal, useSignal } from '@preact/signals';
import { type CaseGroup, type CaseLine, caseGroups, caseLines } from '../report/case-lines.ts';
import type { Row, Session } from '../results/schema.ts';
import { CaseRows } from './case-rows.tsx';
import { ordered, type Sort, SortHeader } from './sort-header.tsx';

interface CasesProps {
  readonly id: string;
  readonly session: Session;
  /** Label of a software adapter, else null. */
  readonly software: string | null;
}

type StateFilter = Row['state'] | 'all';

export function Cases({ id, session, software }: CasesProps) {
  const needle = useSignal('');
  const state = useSignal<StateFilter>('all');
  const lines = caseLines(session).filter(
    ({ row, verified }) =>
      (state.value === 'all' || row.state === state.value) &&
      `${row.id} ${row.state} ${verified}`.toLowerCase().includes(needle.value.toLowerCase()),
  );
  return (
    <section class="cases" id={id} tabIndex={-1} aria-labelledby={`${id}-title`}>
      <div class="cases-head">
        <h2 id={`${id}-title`}>Cases</h2>
        <StateChoice rows={session.rows} state={state} />
        <input
          type="search"
          class="case-filter"
          aria-label="Filter cases"
          placeholder="Filter cases"
          onInput={(event) => {
            needle.value = event.currentTarget.value;
          }}
        />
      </div>
      {software && <p class="software-note">{software}</p>}
      {lines.length === 0 && <p class="muted">No case matches this filter.</p>}
      {caseGroups(lines).map((group) => (
        <GroupTable key={group.title} group={group} software={software} />
      ))}
    </section>
  );
}

const TEXT_COLUMNS = [
  { key: 'state', label: 'State', help: 'how the case ended' },
  { key: 'case', label: 'Case', help: 'open a case for its samples, doubts and definitions' },
  { key: 'verified', label: 'Checked', help: 'values compared with a reference at this very shape, before timing' },
] as const;

function GroupTable({ group, software }: { readonly group: CaseGroup; readonly software: string | null }) {
  const sort = useSignal<Sort | null>(null);
  const open = useSignal<ReadonlySet<string>>(new Set());
  const toggle = (rowId: string): void => {
    const next = new Set(open.value);
    if (!next.delete(rowId)) next.add(rowId);
    open.value = next;
  };
  return (
    <table class="case-table">
      <caption>{group.title}</caption>
      <thead>
        <tr>
          {TEXT_COLUMNS.map((column) => (
            <SortHeader key={column.key} column={column} sort={sort} className={`col-${column.key}`} />
          ))}
          {group.columns.map((column) => (
            <SortHeader key={column.key} column={column} sort={sort} className="number" />
          ))}
        </tr>
      </thead>
      <tbody>
        {ordered(group.lines, sort.value).map((line: CaseLine) => (
          <CaseRows
            key={line.row.id}
            line={line}
            columns={group.columns}
            open={open.value.has(line.row.id)}
            software={software}
            onToggle={() => toggle(line.row.id)}
          />
        ))}
      </tbody>
    </table>
  );
}

function StateChoice({ rows, state }: { readonly rows: readonly Row[]; readonly state: Signal<StateFilter> }) {
  const counts = new Map<Row['state'], number>();
  for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  const choices: readonly (readonly [StateFilter, number])[] = [['all', rows.length], ...counts];
  return (
    <fieldset class="chips" aria-label="Cases by state">
      {choices.map(([name, count]) => (
        <button
          type="button"
          key={name}
          aria-pressed={state.value === name}
          onClick={() => {
            state.value = name;
          }}
        >
          {name} {count}
        </button>
      ))}
    </fieldset>
  );
}
