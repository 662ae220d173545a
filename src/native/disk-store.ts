// Downloaded model files in a folder of this machine: content under its key, and beside it, once it is whole, a note that says
// what it is.
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ModelStore, StoredFile } from '../../models/remote/store.ts';
import { openFileSource } from './file-source.ts';

/** What the note beside a whole file says. */
interface Note {
  readonly name: string;
  readonly url: string;
  readonly size: number;
}

/** Where models are kept when nothing else is said: the user's cache folder. */
export function modelCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return join(env.FLEETMARK_CACHE || env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fleetmark', 'models');
}

export function diskStore(folder: string): ModelStore {
  const content = (key: string): string => join(folder, key);
  const note = (key: string): string => join(folder, `${key}.json`);
  const noteOf = async (key: string): Promise<Note | null> =>
    readFile(note(key), 'utf8').then(
      (text) => JSON.parse(text) as Note,
      () => null,
    );
  const sizeOf = async (key: string): Promise<number | null> =>
    (await stat(content(key)).catch(() => null))?.size ?? null;
  return {
    find: async (key) => {
      const [known, size] = [await noteOf(key), await sizeOf(key)];
      return known && size === known.size ? openFileSource(content(key), known.name) : null;
    },
    partial: async (key) => {
      const size = await sizeOf(key);
      return size === null || (await noteOf(key)) ? null : openFileSource(content(key));
    },
    write: async (key, from) => {
      await mkdir(folder, { recursive: true });
      await rm(note(key), { force: true });
      const handle = await open(content(key), from > 0 ? 'r+' : 'w');
      await handle.truncate(from);
      let at = from;
      return {
        write: async (bytes) => {
          for (let done = 0; done < bytes.length; ) {
            done += (await handle.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
          }
          at += bytes.length;
        },
        close: () => handle.close(),
      };
    },
    finish: async (key, { name, url, size }) => {
      // A note appears whole or not at all.
      await writeFile(`${note(key)}.part`, JSON.stringify({ name, url, size } satisfies Note));
      await rename(`${note(key)}.part`, note(key));
    },
    remove: async (key) => {
      await rm(note(key), { force: true });
      await rm(content(key), { force: true });
    },
    list: async () => {
      const notes = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.json'));
      const keys = notes.map((file) => file.slice(0, -'.json'.length)).sort();
      const files = await Promise.all(
        keys.map(async (key): Promise<StoredFile | null> => {
          const known = await noteOf(key);
          return known && { key, name: known.name, size: known.size };
        }),
      );
      return files.filter((file) => file !== null);
    },
  };
}
