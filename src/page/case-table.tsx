// The table of cases: sorted by any column, filtered by text and state, each row opening into its details.
// Narrow windows restack a row's cells under its name (style.css), so that nothing scrolls sideways.
import { type Signal, useSignal } from '@preact/signals';
import { type CaseLine, COLUMNS, caseLines, sortLines } from '../report/case-lines.ts';
import type { Row, Session } from '../results/schema.ts';
import { RowDetails } from './row-details.tsx';

interface CaseTableProps {
  readonly id: string;
  readonly session: Session;
  /** Label of a software adapter, else null. */
  readonly software: string | null;
}

type SortKey = Parameters<typeof sortLines>[1];
interface Sort {
  readonly by: SortKey;
  readonly direction: 'ascending' | 'descending';
}

const TEXT_COLUMNS = [
  { key: 'state', label: 'State', help: 'how the case ended' },
  { key: 'case', label: 'Case', help: 'open a case for its samples, doubts and definitions' },
  { key: 'verified', label: 'Checked', help: 'against a reference at this very shape, before it was timed' },
] as const;

export function CaseTable({ id, session, software }: CaseTableProps) {
  const sort = useSignal<Sort | null>(null);
  const needle = useSignal('');
  const state = useSignal<Row['state'] | 'all'>('all');
  const open = useSignal<ReadonlySet<string>>(new Set());
  const all = caseLines(session);
  const lines = ordered(all, sort.value).filter(
    ({ row, verified }) =>
      (state.value === 'all' || row.state === state.value) &&
      `${row.id} ${row.state} ${verified}`.toLowerCase().includes(needle.value.toLowerCase()),
  );
  const toggle = (rowId: string): void => {
    const next = new Set(open.value);
    if (!next.delete(rowId)) next.add(rowId);
    open.value = next;
  };
  return (
    <section class="cases" aria-labelledby={`${id}-title`}>
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
      <table id={id} tabIndex={-1} class="case-table" aria-labelledby={`${id}-title`}>
        <thead>
          <tr>
            {[...TEXT_COLUMNS, ...COLUMNS].map((column) => (
              <SortHeader key={column.key} column={column} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <CaseRows
              key={line.row.id}
              line={line}
              open={open.value.has(line.row.id)}
              software={software}
              onToggle={() => toggle(line.row.id)}
            />
          ))}
          {lines.length === 0 && (
            <tr>
              <td colSpan={9} class="muted">
                No case matches this filter.
              </td>
            </tr>
          )}
        </tbody>
      </table>
    </section>
  );
}

/** Without a chosen column: as measured, with the skipped ones after the rest. */
function ordered(lines: readonly CaseLine[], sort: Sort | null): CaseLine[] {
  if (sort) return sortLines(lines, sort.by, sort.direction);
  const isSkipped = ({ row }: CaseLine): boolean => row.state === 'skipped';
  return [...lines.filter((line) => !isSkipped(line)), ...lines.filter(isSkipped)];
}

function SortHeader({
  column,
  sort,
}: {
  readonly column: { readonly key: SortKey; readonly label: string; readonly help: string };
  readonly sort: Signal<Sort | null>;
}) {
  const active = sort.value?.by === column.key ? sort.value.direction : null;
  const isText = TEXT_COLUMNS.some(({ key }) => key === column.key);
  const next = active === 'ascending' ? 'descending' : 'ascending';
  return (
    <th scope="col" class={isText ? `col-${column.key}` : 'number'} aria-sort={active ?? 'none'} title={column.help}>
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

function StateChoice({ rows, state }: { readonly rows: readonly Row[]; readonly state: Signal<Row['state'] | 'all'> }) {
  const counts = new Map<Row['state'], number>();
  for (const row of rows) counts.set(row.state, (counts.get(row.state) ?? 0) + 1);
  const choices: readonly (readonly [Row['state'] | 'all', number])[] = [['all', rows.length], ...counts];
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

interface CaseRowsProps {
  readonly line: CaseLine;
  readonly open: boolean;
  readonly software: string | null;
  readonly onToggle: () => void;
}

const STATE_SIGNS: Readonly<Record<Row['state'], string>> = {
  ok: '✓',
  failed: '✗',
  error: '!',
  skipped: '–',
  cancelled: '○',
};

function CaseRows({ line, open, software, onToggle }: CaseRowsProps) {
  const { row, label, struck, cells } = line;
  const detailsId = `details-${row.id}`;
  const hasFigures = Object.keys(cells).length > 0;
  return (
    <>
      <tr class={`case state-${row.state}${struck ? ' struck' : ''}`}>
        <td class="col-state">
          <span aria-hidden="true">{STATE_SIGNS[row.state]} </span>
          {line.stateWord}
        </td>
        <th scope="row" class="col-case">
          <button type="button" class="case-name" aria-expanded={open} aria-controls={detailsId} onClick={onToggle}>
            <span aria-hidden="true" class="twist">
              {open ? '▾' : '▸'}
            </span>
            <span>
              {label.name} {label.runtime && <span class="runtime">{label.runtime}</span>}{' '}
              <span class="muted">{label.params}</span>
              {row.warnings.length > 0 && (
                <span class="doubts" title={row.warnings.map(({ name }) => name).join(', ')}>
                  {row.warnings.length} {row.warnings.length === 1 ? 'doubt' : 'doubts'}
                </span>
              )}
            </span>
          </button>
        </th>
        {hasFigures ? <FigureCells line={line} /> : <ReasonCell row={row} verified={line.verified} />}
      </tr>
      {open && (
        <tr class="details-row" id={detailsId}>
          <td colSpan={9}>
            <RowDetails row={row} software={software} />
          </td>
        </tr>
      )}
    </>
  );
}

function FigureCells({ line }: { readonly line: CaseLine }) {
  return (
    <>
      <td class="col-verified" data-label="Checked">
        {line.verified}
      </td>
      {COLUMNS.map(({ key, label }) => {
        const cell = line.cells[key];
        return (
          <td class={cell ? 'number' : 'number blank'} key={key} data-label={label}>
            {cell && (
              <span>
                {line.struck ? <s>{cell.text}</s> : cell.text}
                {cell.note && <small>{cell.note}</small>}
              </span>
            )}
          </td>
        );
      })}
    </>
  );
}

function ReasonCell({ row, verified }: { readonly row: Row; readonly verified: string }) {
  return (
    <td class="reason" colSpan={7}>
      {[verified, row.reason].filter((part) => part).join('; ')}
    </td>
  );
}
