// The tuner's memory on this machine: one JSON file in the user's cache folder, which may be deleted at any time.
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { TuneStorage } from '../gpu/tune-memory.ts';

/** `$XDG_CACHE_HOME/fleetmark/tuning.json`, else under `~/.cache`. */
export function tuneFilePath(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'fleetmark', 'tuning.json');
}

/** A file that is missing or no JSON counts as empty. Two processes that write at once: the later one's choices stay. */
export function fileTuneStorage(path: string = tuneFilePath()): TuneStorage {
  const load = async (): Promise<Record<string, string>> => {
    try {
      const kept: unknown = JSON.parse(await readFile(path, 'utf8'));
      return typeof kept === 'object' && kept !== null ? (kept as Record<string, string>) : {};
    } catch {
      return {};
    }
  };
  return {
    read: async (key) => (await load())[key] ?? null,
    write: async (key, text) => {
      const temporary = `${path}.${process.pid}.partial`;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, `${JSON.stringify({ ...(await load()), [key]: text }, null, 1)}\n`);
      await rename(temporary, path);
    },
  };
}
