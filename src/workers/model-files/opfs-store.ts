// Downloaded model files in the browser's private file system, which only this origin sees: content under its key, and beside
// it, once it is whole, a note that says what it is. Only in a worker: synchronous access handles exist nowhere else.
import { sourceOfBlob } from '../../../models/files/byte-source.ts';
import type { ModelStore, StoredFile } from '../../../models/remote/store.ts';
import { UserError } from '../../core/errors.ts';

/** Of the platform's interface what is used here; TypeScript has it among the types of workers, which this tree cannot take. */
interface SyncAccess {
  truncate(size: number): void;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  flush(): void;
  close(): void;
}
type SyncableHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccess> };

interface Note {
  readonly name: string;
  readonly size: number;
}

/** Opens the folder, made when it is not there. A UserError where the browser has no such file system. */
export async function opfsStore(): Promise<ModelStore> {
  const root = await navigator.storage?.getDirectory?.().catch(() => null);
  if (!root) throw new UserError('this browser keeps no files for the page, so a model cannot be downloaded here');
  return storeIn(await root.getDirectoryHandle('models', { create: true }));
}

/** A store in any folder of such a file system. */
export function storeIn(folder: FileSystemDirectoryHandle): ModelStore {
  const open = async (name: string): Promise<File | null> =>
    folder.getFileHandle(name).then(
      (handle) => handle.getFile(),
      () => null,
    );
  const noteOf = async (key: string): Promise<Note | null> => {
    const text = await (await open(`${key}.json`))?.text();
    return text ? (JSON.parse(text) as Note) : null;
  };
  const remove = (name: string): Promise<void> => folder.removeEntry(name).catch(() => {});
  return {
    find: async (key) => {
      const [note, file] = [await noteOf(key), await open(key)];
      return note && file?.size === note.size ? sourceOfBlob(note.name, file) : null;
    },
    partial: async (key) => {
      const file = await open(key);
      return file === null || (await noteOf(key)) ? null : sourceOfBlob(key, file);
    },
    write: async (key, from) => {
      await remove(`${key}.json`);
      const access = await writable(folder, key);
      access.truncate(from);
      let at = from;
      return {
        write: async (bytes) => {
          at += writeAll(access, bytes, at);
        },
        close: async () => {
          access.flush();
          access.close();
        },
      };
    },
    finish: async (key, { name, size }) => {
      const access = await writable(folder, `${key}.json`);
      access.truncate(0);
      writeAll(access, new TextEncoder().encode(JSON.stringify({ name, size } satisfies Note)), 0);
      access.flush();
      access.close();
    },
    remove: async (key) => {
      await remove(`${key}.json`);
      await remove(key);
    },
    list: async () => {
      const files: StoredFile[] = [];
      for await (const name of folder.keys()) {
        if (!name.endsWith('.json')) continue;
        const key = name.slice(0, -'.json'.length);
        const note = await noteOf(key);
        if (note) files.push({ key, ...note });
      }
      return files;
    },
  };
}

async function writable(folder: FileSystemDirectoryHandle, name: string): Promise<SyncAccess> {
  const handle = (await folder.getFileHandle(name, { create: true })) as SyncableHandle;
  return handle.createSyncAccessHandle().catch(() => {
    throw new UserError(`${name}: is being downloaded already, perhaps in another tab`);
  });
}

/** A UserError when the browser gives no more room. */
function writeAll(access: SyncAccess, bytes: Uint8Array<ArrayBuffer>, at: number): number {
  let written = 0;
  try {
    written = access.write(bytes, { at });
  } catch {
    // QuotaExceededError, or whatever this browser calls it.
  }
  if (written === bytes.length) return written;
  throw new UserError(`no room for more than ${at} bytes: remove kept models, or free space on this machine`);
}
