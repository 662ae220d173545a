// Libraries a person may have installed beside this project, as the command line's server tells of them. They are no part of
// it: nothing is loaded before a case asks, and all of it comes from our own origin.
import type { ExtraRuntime } from '../../../models/decoder-cases.ts';

export interface InstalledExtra {
  readonly version: string;
  /** Folder of the package on our origin, with a closing slash. */
  readonly url: string;
  /** Folder of the wasm files it takes from another package; absent where they are its own. */
  readonly wasmUrl?: string;
}

export type InstalledExtras = Readonly<Partial<Record<ExtraRuntime, InstalledExtra>>>;

/** None where the page was not opened by the command line. */
export async function findInstalledExtras(): Promise<InstalledExtras> {
  const base = new URL('/extra/', location.href);
  const answer = await fetch(new URL('index.json', base)).catch(() => null);
  if (!answer?.ok || !answer.headers.get('Content-Type')?.includes('json')) return {};
  const found = (await answer.json()) as Partial<
    Record<ExtraRuntime, { version: string; path: string; wasmPath?: string }>
  >;
  const address = (path: string): string => new URL(path, base).href;
  return Object.fromEntries(
    Object.entries(found).map(([name, { version, path, wasmPath }]) => [
      name,
      { version, url: address(path), ...(wasmPath ? { wasmUrl: address(wasmPath) } : {}) },
    ]),
  );
}
