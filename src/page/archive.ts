// Connects the state with the runs kept in this browser: keeps every finished one, opens, adds, renames, deletes, exports.
// A fault is told as the page's problem. Knows no view and not where runs are kept.
import { computed, effect } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { packFiles } from '../results/bundle.ts';
import type { HistoryEntry, RunHistory } from '../results/run-history.ts';
import { addSide } from './compare-sides.ts';
import { saveText } from './files.ts';
import * as state from './state.ts';

export interface Archive {
  /** Reads the list again: another tab may have changed it. */
  refresh(): Promise<void>;
  open(entry: HistoryEntry): Promise<void>;
  addToComparison(entry: HistoryEntry): Promise<void>;
  rename(entry: HistoryEntry, name: string): Promise<void>;
  remove(entry: HistoryEntry): Promise<void>;
  exportAll(): Promise<void>;
}

export function createArchive(history: RunHistory): Archive {
  const refresh = async (): Promise<void> => {
    state.keptRuns.value = await history.list();
  };
  const told = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      state.problem.value = messageOf(error);
      // Nothing is listed rather than waited for.
      state.keptRuns.value ??= [];
    }
  };
  keepFinishedRuns((keep) => void told(keep), history, refresh);
  return {
    refresh: () => told(refresh),
    open: (entry) =>
      told(async () => {
        state.openedFile.value = { name: entry.name, file: await history.read(entry.id) };
        location.hash = 'result';
      }),
    addToComparison: (entry) =>
      told(async () => {
        const label = addSide(await history.read(entry.id), entry.name);
        state.notice.value = `${label} is now in the comparison`;
      }),
    rename: (entry, name) =>
      told(async () => {
        await history.rename(entry.id, name.trim() || entry.name);
        await refresh();
      }),
    remove: (entry) =>
      told(async () => {
        await history.remove(entry.id);
        await refresh();
        state.notice.value = `Deleted ${entry.name}`;
      }),
    exportAll: () => told(() => exportAll(history)),
  };
}

/** Once a run: a cancelled or failed one is not kept. */
function keepFinishedRuns(
  start: (keep: () => Promise<void>) => void,
  history: RunHistory,
  refresh: () => Promise<void>,
): void {
  const isDone = computed(() => state.progress.value.phase === 'done');
  effect(() => {
    const file = isDone.value ? state.runFile.peek() : null;
    if (!file) return;
    start(async () => {
      await history.keep(file);
      await refresh();
      state.notice.value = 'This run is kept in this browser, under Compare; nothing was uploaded';
    });
  });
}

async function exportAll(history: RunHistory): Promise<void> {
  const entries = await history.list();
  const files = await Promise.all(entries.map(({ id }) => history.read(id)));
  if (files.length === 0) return;
  saveText(`fleetmark-runs_${new Date().toISOString().slice(0, 10)}.json`, `${JSON.stringify(packFiles(files))}\n`);
}
