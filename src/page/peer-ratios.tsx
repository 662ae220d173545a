// The libraries measured beside ours: the best at each shape with its paired ratio, the others, and the mean over shapes.
import { useMemo } from 'preact/hooks';
import { peersTable } from '../report/text-peers.ts';
import type { ResultFile } from '../results/schema.ts';
import { Grid } from './grid.tsx';

export function PeerRatios({ file }: { readonly file: ResultFile }) {
  const table = useMemo(() => peersTable(file.sessions), [file]);
  if (table === null) return null;
  return (
    <section class="peers" aria-labelledby="peers-title">
      <h2 id="peers-title">Beside other libraries</h2>
      {table.mean && <p class="compare-sum">{table.mean}</p>}
      <p class="muted">{table.title}</p>
      <Grid
        caption="Ratio at each shape"
        head={['shape', ...table.head.slice(2)]}
        rows={table.rows.map(([operation, params, ...cells]) => [`${operation} ${params}`, ...cells])}
      />
      {table.notes.length > 0 && (
        <ul class="muted">
          {table.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
