// One case in the table: its line of figures, or the reason why there are none, and its details when opened.
import type { CaseLine, Column } from '../report/case-lines.ts';
import { counted } from '../report/units.ts';
import type { Row } from '../results/schema.ts';
import { RowDetails } from './row-details.tsx';

interface CaseRowsProps {
  readonly line: CaseLine;
  readonly columns: readonly Column[];
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

export function CaseRows({ line, columns, open, software, onToggle }: CaseRowsProps) {
  const { row, cells } = line;
  const detailsId = `details-${row.id}`;
  return (
    <>
      <tr class={`case state-${row.state}`}>
        <td class="col-state">
          <span aria-hidden="true">{STATE_SIGNS[row.state]} </span>
          {line.stateWord}
        </td>
        <th scope="row" class="col-case">
          <CaseName line={line} open={open} detailsId={detailsId} onToggle={onToggle} />
        </th>
        {Object.keys(cells).length > 0 ? (
          <FigureCells line={line} columns={columns} />
        ) : (
          <td class="reason" colSpan={columns.length + 1}>
            {[line.verified, row.reason].filter((part) => part).join('; ')}
          </td>
        )}
      </tr>
      {open && (
        <tr class="details-row" id={detailsId}>
          <td colSpan={columns.length + 3}>
            <RowDetails row={row} software={software} />
          </td>
        </tr>
      )}
    </>
  );
}

interface CaseNameProps {
  readonly line: CaseLine;
  readonly open: boolean;
  readonly detailsId: string;
  readonly onToggle: () => void;
}

function CaseName({ line: { row, label }, open, detailsId, onToggle }: CaseNameProps) {
  const doubts = row.warnings.length;
  return (
    <button
      type="button"
      class="case-name"
      aria-expanded={open}
      aria-controls={open ? detailsId : undefined}
      onClick={onToggle}
    >
      <span aria-hidden="true" class="twist">
        {open ? '▾' : '▸'}
      </span>
      <span>
        {label.name} {label.runtime && <span class="runtime">{label.runtime}</span>}{' '}
        <span class="muted">{label.params}</span>
        {doubts > 0 && (
          <span class="doubts" title={row.warnings.map(({ name }) => name).join(', ')}>
            {counted(doubts, 'doubt')}
          </span>
        )}
      </span>
    </button>
  );
}

function FigureCells({ line, columns }: { readonly line: CaseLine; readonly columns: readonly Column[] }) {
  return (
    <>
      <td class="col-verified" data-label="Checked">
        {line.verified}
      </td>
      {columns.map(({ key, label }) => {
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
