// The runs kept in this browser: name, compare, open, delete, take all of them out as one file.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { counted } from '../report/units.ts';
import type { HistoryEntry } from '../results/run-history.ts';
import type { Archive } from './archive.ts';
import { keptRuns } from './state.ts';

export function HistoryPanel({ archive }: { readonly archive: Archive }) {
  useEffect(() => void archive.refresh(), [archive]);
  const entries = keptRuns.value;
  return (
    <section class="history" aria-labelledby="history-title">
      <div class="cases-head">
        <h2 id="history-title">Runs kept in this browser</h2>
        {entries && entries.length > 0 && (
          <button type="button" onClick={() => void archive.exportAll()}>
            Export all {entries.length}
          </button>
        )}
      </div>
      <p class="muted">
        Every finished run of this page is kept here by itself, on this machine only: nothing is uploaded. Clearing the
        browser's data deletes them.
      </p>
      {entries === null && <p class="muted">Looking them up…</p>}
      {entries?.length === 0 && (
        <p>
          None yet: <a href="#run">start a run</a>.
        </p>
      )}
      {entries && entries.length > 0 && (
        <ul class="kept">
          {entries.map((entry) => (
            <KeptRun key={entry.id} entry={entry} archive={archive} />
          ))}
        </ul>
      )}
    </section>
  );
}

function KeptRun({ entry, archive }: { readonly entry: HistoryEntry; readonly archive: Archive }) {
  const asked = useSignal(false);
  const { name, createdAt, device, build, sessions, cases } = entry;
  return (
    <li>
      <input
        type="text"
        aria-label={`Name of the run of ${createdAt}`}
        value={name}
        onChange={(event) => void archive.rename(entry, event.currentTarget.value)}
      />
      <span class="side-facts">
        {createdAt.replace('T', ' ').slice(0, 16)} UTC, {device}, build {build}, {counted(cases, 'case')}
        {sessions > 1 && `, ${sessions} sessions`}
      </span>
      <span class="side-buttons">
        <button type="button" onClick={() => void archive.addToComparison(entry)}>
          Compare<span class="visually-hidden"> {name}</span>
        </button>
        <button type="button" onClick={() => void archive.open(entry)}>
          Open<span class="visually-hidden"> {name}</span>
        </button>
        <button
          type="button"
          onBlur={() => {
            asked.value = false;
          }}
          onClick={() => {
            if (asked.value) void archive.remove(entry);
            else asked.value = true;
          }}
        >
          {asked.value ? 'Delete for good' : 'Delete'}
          <span class="visually-hidden"> {name}</span>
        </button>
      </span>
    </li>
  );
}
