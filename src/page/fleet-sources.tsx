// Where every number on the view comes from, with what must be known beside them.
import type { PairingReport } from '../fleet/pairing/report.ts';
import { settingSources } from '../fleet/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import type { SourceEntry } from '../fleet/rollout/sources.ts';
import { plain } from '../report/plain.ts';
import { Grid, Part } from './grid.tsx';

interface SourcesProps {
  readonly report: RolloutReport;
  readonly pairing: PairingReport | null;
}

export function FleetSources({ report, pairing }: SourcesProps) {
  const known = [...settingSources(report.scenario), ...report.sources];
  const ids = new Set(known.map(({ id }) => id));
  const sources: readonly SourceEntry[] = [...known, ...(pairing?.sources.filter(({ id }) => !ids.has(id)) ?? [])];
  const claims = sources.filter(({ basis }) => basis === 'vendor-claim').length;
  return (
    <Part id="fleet-sources" title="Notes and sources">
      <ul>
        {report.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
        <li>
          {claims} of {sources.length} inputs are claims of a vendor that nobody else has confirmed: they are marked
          vendor-claim.
        </li>
      </ul>
      <details>
        <summary>{sources.length} numbers that entered, each with its range and source</summary>
        <Grid
          caption="Every number that entered"
          head={['Id', 'What', 'Value and range', 'Rests on', 'Source']}
          rows={sources.map(({ id, what, value, lo, hi, unit, basis, source, date, note }) => [
            id,
            note === '' ? what : `${what}. ${note}`,
            `${plain(value)}${unit === '1' ? '' : ` ${unit}`}${lo === hi ? '' : ` [${plain(lo)}, ${plain(hi)}]`}`,
            basis,
            date === '' ? source : `${source} (${date})`,
          ])}
        />
      </details>
    </Part>
  );
}
