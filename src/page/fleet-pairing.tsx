// The pairing study: modes, equal power, spend and count, tiers, other chips in the same power, readings of the share.
import type { PairingReport } from '../fleet/pairing/report.ts';
import { type PairingTable, pairingTables } from '../report/fleet-pairing-tables.ts';
import { Grid, Part } from './grid.tsx';

export function FleetPairing({ report }: { readonly report: PairingReport }) {
  return (
    <Part id="fleet-pairing" title="Pairing: Rubin beside LPX, as delivered">
      <p class="muted">
        The same rates on a fleet delivered as planned, without rollout, failures or software gains: {report.draws}{' '}
        draws. Everything of LPX rests on vendor statements or priors.
      </p>
      {pairingTables(report).map((table) =>
        table.aside ? (
          <details key={table.caption}>
            <summary>{table.caption}</summary>
            <Table table={table} />
          </details>
        ) : (
          <Table key={table.caption} table={table} />
        ),
      )}
    </Part>
  );
}

function Table({ table: { caption, head, rows, note } }: { readonly table: PairingTable }) {
  return (
    <>
      <Grid caption={caption} head={head} rows={rows} />
      {note && <p class="muted">{note}</p>}
    </>
  );
}
