// Runs kept in the browser's IndexedDB: what a list needs in one store, the files as JSON text in another, so that listing
// reads no file. A text goes through the reader again: an older version of this page may have written it.
import { messageOf, UserError } from '../core/errors.ts';
import { readResultFile } from '../results/read.ts';
import { entryFor, type HistoryEntry, type RunHistory } from '../results/run-history.ts';

const DATABASE = 'fleetmark';
const ENTRIES = 'entries';
const FILES = 'files';

/** Opens at the first call. Every call rejects with a UserError where the browser keeps nothing for this page. */
export function indexedHistory(): RunHistory {
  let opened: Promise<IDBDatabase> | null = null;
  const stores = async (mode: IDBTransactionMode): Promise<Stores> => {
    opened ??= openDatabase();
    const transaction = (await opened).transaction([ENTRIES, FILES], mode);
    return { entries: transaction.objectStore(ENTRIES), files: transaction.objectStore(FILES), transaction };
  };
  return {
    list: async () => {
      const { entries } = await stores('readonly');
      const found: HistoryEntry[] = await answerOf(entries.getAll());
      return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
    },
    read: async (id) => {
      const { files } = await stores('readonly');
      const text: string | undefined = await answerOf(files.get(id));
      if (text === undefined) throw new UserError('this run is no longer kept: it was deleted in another tab');
      return readResultFile(text, 'the kept run');
    },
    keep: async (file) => {
      const text = JSON.stringify(file);
      const { entries, files, transaction } = await stores('readwrite');
      const known: HistoryEntry | undefined = await answerOf(entries.get(file.id));
      entries.put(entryFor(file, known?.name));
      files.put(text, file.id);
      await endOf(transaction);
    },
    rename: async (id, name) => {
      const { entries, transaction } = await stores('readwrite');
      const known: HistoryEntry | undefined = await answerOf(entries.get(id));
      if (known) entries.put({ ...known, name });
      await endOf(transaction);
    },
    remove: async (id) => {
      const { entries, files, transaction } = await stores('readwrite');
      entries.delete(id);
      files.delete(id);
      await endOf(transaction);
    },
  };
}

interface Stores {
  readonly entries: IDBObjectStore;
  readonly files: IDBObjectStore;
  readonly transaction: IDBTransaction;
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(ENTRIES, { keyPath: 'id' });
      request.result.createObjectStore(FILES);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another tab holds an older version of it'));
  }).catch((error: unknown) => {
    throw new UserError(`this browser keeps no runs for this page (${messageOf(error)}): download what should last`);
  });
}

function answerOf<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** Only a finished transaction is on disk; a full disk shows here. */
function endOf(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('the browser gave the write up'));
  });
}
