// Libraries for comparison that a person may install beside this project: found, served to the page from disk, never fetched.
import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { EXTRA_RUNTIMES, type ExtraRuntime } from '../../models/decoder-cases.ts';
import { type PageServerOptions, type Route, refuse, sendFile } from './page-server.ts';

const EXTRA_PREFIX = '/extra/';

/** After a runtime's name: its wasm files from another package. */
const WASM = '-wasm';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

interface Found {
  readonly version: string;
  readonly folder: string;
  /** Where its wasm files lie when another package brings them. */
  readonly wasmFolder: string | null;
}

/** What a page server needs for them: their files under EXTRA_PREFIX, and, only where there are any, workers made in memory. */
export function extraServing(folders: readonly string[]): Pick<PageServerOptions, 'routes' | 'workersFromMemory'> {
  const found = findExtras(folders);
  const served = new Map<string, string>();
  for (const [name, { folder, wasmFolder }] of found) {
    served.set(name, folder);
    if (wasmFolder) served.set(`${name}${WASM}`, wasmFolder);
  }
  const list = JSON.stringify(
    Object.fromEntries(
      [...found].map(([name, { version, wasmFolder }]) => [
        name,
        { version, path: `${name}/`, ...(wasmFolder ? { wasmPath: `${name}${WASM}/` } : {}) },
      ]),
    ),
  );
  const route: Route = async (rest, response) => {
    if (rest === 'index.json') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(list);
    const [name = '', ...parts] = rest.split('/');
    const folder = served.get(name);
    const path = folder && join(folder, ...parts);
    if (!path?.startsWith(folder + sep)) return refuse(response, 404, 'no such file');
    const type = TYPES[path.split('.').at(-1) ?? ''];
    await sendFile(path, response, type);
  };
  return { routes: { [EXTRA_PREFIX]: route }, workersFromMemory: found.size > 0 };
}

function findExtras(folders: readonly string[]): Map<ExtraRuntime, Found> {
  const found = new Map<ExtraRuntime, Found>();
  for (const [name, { packageName, wasmPackage }] of Object.entries(EXTRA_RUNTIMES)) {
    const base = folders.find((path) => existsSync(join(path, 'node_modules', packageName)));
    if (base === undefined) continue;
    const folder = join(base, 'node_modules', packageName);
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    // npm puts it inside where the project has another version of it, else beside.
    const wasmFolder = wasmPackage
      ? [folder, base].map((path) => join(path, 'node_modules', wasmPackage, 'dist')).find((path) => existsSync(path))
      : null;
    if (wasmFolder !== undefined) found.set(name as ExtraRuntime, { version, folder, wasmFolder });
  }
  return found;
}
