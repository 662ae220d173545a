// The tuner's memory in a browser: one IndexedDB store of this origin. Where the browser keeps nothing, nothing is remembered.
import type { TuneStorage } from '../gpu/tune-memory.ts';

const DATABASE = 'fleetmark-tuning';
const CHOICES = 'choices';

export function databaseTuneStorage(): TuneStorage {
  return {
    read: async (key) => {
      const found = await inStore('readonly', (store) => store.get(key));
      return typeof found === 'string' ? found : null;
    },
    write: async (key, text) => void (await inStore('readwrite', (store) => store.put(text, key))),
  };
}

async function inStore(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await open();
  try {
    const transaction = database.transaction(CHOICES, mode);
    const request = ask(transaction.objectStore(CHOICES));
    // Only a finished transaction is on disk; a full disk shows here.
    await new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('the browser gave the write up'));
    });
    return request.result;
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(CHOICES);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
