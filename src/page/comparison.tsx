// One file against the baseline: the sum of it in a line, a row with its interval and verdict for every case and metric, and
// what differs besides. Every drawn figure also stands there as text.
import { WARNINGS } from '../core/warnings.ts';
import { labelCase } from '../report/case-label.ts';
import type { ComparedFile, LabelledFile } from '../report/comparison.ts';
import { type ForestAxis, forestAxis } from '../report/forest.ts';
import { countText, ratioText, sideFigure, VERDICT_WORDS, verdictText } from '../report/verdict-text.ts';
import type { ComparedRow, FileComparison } from '../results/compare.ts';
import type { Verdict } from '../results/verdict.ts';
import { ForestCell, ForestHead } from './forest-cell.tsx';
import { Grid } from './grid.tsx';
import { filterRows, type RowFilter } from './row-filter.tsx';

interface ComparisonProps {
  readonly id: string;
  readonly base: LabelledFile;
  readonly other: ComparedFile;
  readonly filter: RowFilter;
}

export function Comparison({ id, base, other: { next, comparison }, filter }: ComparisonProps) {
  const { rows, missing, differences, software } = comparison;
  const shown = filterRows(rows, filter);
  return (
    <section class="comparison" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>
        {next.label} against {base.label}
      </h2>
      {software && <p class="software-note">{WARNINGS['software-adapter']}</p>}
      {rows.length === 0 ? <p>No case is in both files.</p> : <p class="compare-sum">{countText(rows)}</p>}
      <Means means={comparison.geometricMeans} />
      {rows.length > 0 && shown.length === 0 && <p class="muted">No row matches this filter.</p>}
      {shown.length > 0 && <RowTable rows={shown} axis={forestAxis(rows)} />}
      {missing.length > 0 && (
        <Grid
          caption="Not compared"
          head={['Case', 'Where it is missing']}
          rows={missing.map(({ id: caseId, side }) => [caseId, `not in ${side === 'base' ? base.label : next.label}`])}
        />
      )}
      {differences.length > 0 && (
        <Grid
          caption="What differs between the files"
          head={['What', base.label, next.label, 'Allows a verdict']}
          rows={differences.map(({ what, base: first, next: second, forbids }) => [
            what,
            first,
            second,
            forbids ? 'only across environments' : 'yes',
          ])}
        />
      )}
    </section>
  );
}

function Means({ means }: { readonly means: FileComparison['geometricMeans'] }) {
  if (means.length === 0) return null;
  return (
    <div class="means">
      <p>Geometric mean of speed-ups, above 1 is better</p>
      <dl>
        {means.map(({ metric, speedup, rows, of }) => (
          <div key={metric}>
            <dt>{metric}</dt>
            <dd>
              {speedup.toFixed(3)} <small>{rows === of ? `${rows} rows` : `${rows} of ${of} rows`}</small>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function RowTable({ rows, axis }: { readonly rows: readonly ComparedRow[]; readonly axis: ForestAxis }) {
  return (
    <table class="compare-table">
      <caption>
        Ratio of each row with its 95 % interval, log axis; the shaded band holds changes too small to matter.
      </caption>
      <thead>
        <tr>
          <th scope="col">Case and metric</th>
          <th scope="col" class="number">
            Base
          </th>
          <th scope="col" class="number">
            New
          </th>
          <th scope="col" class="number">
            New / base [95 %]
          </th>
          <th scope="col" class="forest">
            <ForestHead axis={axis} />
          </th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <RowLine key={`${row.id} ${row.metric}`} row={row} axis={axis} />
        ))}
      </tbody>
    </table>
  );
}

function RowLine({ row, axis }: { readonly row: ComparedRow; readonly axis: ForestAxis }) {
  const { name, runtime, params } = labelCase(row.id);
  return (
    <tr class={`verdict-${row.verdict}`}>
      <th scope="row" title={row.id}>
        {name} {runtime && <span class="runtime">{runtime}</span>} <span class="muted">{params}</span>
        {row.metric && (
          <small>
            {row.metric}, {row.better} is better
          </small>
        )}
      </th>
      <td class="number" data-label="Base">
        {sideFigure(row, 'base')}
      </td>
      <td class="number" data-label="New">
        {sideFigure(row, 'next')}
      </td>
      <td class="number" data-label="New / base">
        {ratioText(row)}
      </td>
      <td class="forest">
        <ForestCell row={row} axis={axis} />
      </td>
      <td class="verdict">
        <VerdictText row={row} />
      </td>
    </tr>
  );
}

const SIGNS: Readonly<Record<Verdict, string>> = {
  faster: '▲',
  slower: '▼',
  same: '=',
  small: '≈',
  inconclusive: '?',
  'not-comparable': '✕',
};

function VerdictText({ row }: { readonly row: ComparedRow }) {
  const word = VERDICT_WORDS[row.verdict];
  // After the word and its colon.
  const notes = verdictText(row).slice(word.length + 2);
  return (
    <>
      <span aria-hidden="true">{SIGNS[row.verdict]} </span>
      <strong>{word}</strong>
      {notes && <small>{notes}</small>}
    </>
  );
}
