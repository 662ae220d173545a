// Libraries for comparison that a person may install beside this project: found, served to the page from disk, never fetched.
import { existsSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { EXTRA_RUNTIMES, type ExtraRuntime } from '../../models/decoder-cases.ts';
import { type PageServerOptions, type Route, refuse, sendFile } from './page-server.ts';

const EXTRA_PREFIX = '/extra/';

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  mjs: 'text/javascript',
  wasm: 'application/wasm',
};

/** What a page server needs for them: their files under EXTRA_PREFIX, and, only where there are any, workers made in memory. */
export function extraServing(folders: readonly string[]): Pick<PageServerOptions, 'routes' | 'workersFromMemory'> {
  const found = new Map<ExtraRuntime, { version: string; folder: string }>();
  for (const [name, { packageName }] of Object.entries(EXTRA_RUNTIMES)) {
    const folder = folders.map((base) => join(base, 'node_modules', packageName)).find((path) => existsSync(path));
    if (!folder) continue;
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    found.set(name as ExtraRuntime, { version, folder });
  }
  const list = JSON.stringify(
    Object.fromEntries([...found].map(([name, { version }]) => [name, { version, path: `${name}/` }])),
  );
  const route: Route = async (rest, response) => {
    if (rest === 'index.json') return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(list);
    const [name = '', ...parts] = rest.split('/');
    const folder = found.get(name as ExtraRuntime)?.folder;
    const path = folder && join(folder, ...parts);
    if (!path?.startsWith(folder + sep)) return refuse(response, 404, 'no such file');
    const type = TYPES[path.split('.').at(-1) ?? ''];
    await sendFile(path, response, type);
  };
  return { routes: { [EXTRA_PREFIX]: route }, workersFromMemory: found.size > 0 };
}
