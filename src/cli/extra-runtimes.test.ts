import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extraServing } from './extra-runtimes.ts';
import { startPageServer } from './page-server.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  await put('index.html', '');
});
afterEach(() => rm(folder, { recursive: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(folder, path, '..'), { recursive: true });
  await writeFile(join(folder, path), text);
}

const LIBRARY = 'node_modules/@huggingface/transformers';
const WASM = 'node_modules/onnxruntime-web/dist/ort.wasm';

/** Status, type and text of addresses below `/extra/`. */
async function answers(...paths: string[]): Promise<(readonly [number, string | null, string])[]> {
  const server = await startPageServer({ pageFolder: folder, ...extraServing([join(folder, 'elsewhere'), folder]) });
  try {
    return await Promise.all(
      paths.map(async (path) => {
        const answer = await fetch(`${server.url}extra/${path}`);
        return [answer.status, answer.headers.get('content-type'), await answer.text()] as const;
      }),
    );
  } finally {
    await server.close();
  }
}

describe('libraries that a person installed', () => {
  it('nothing installed is an empty list, and no file is served', async () => {
    const [list, file] = await answers('index.json', 'transformers.js/package.json');
    expect(list).toEqual([200, 'application/json', '{}']);
    expect(file![0]).toBe(404);
    expect(extraServing([folder]).workersFromMemory).toBe(false);
  });

  it.each([
    ['inside it, where the project has another version', `${LIBRARY}/${WASM}`],
    ['beside it', WASM],
  ])('its wasm files are served from the package that brings them: %s', async (_, path) => {
    await put(`${LIBRARY}/package.json`, '{"version":"4.3.1"}');
    await put(`${LIBRARY}/dist/library.js`, 'code');
    await put(WASM, 'another version');
    await put(path, 'wasm');
    const [list, code, wasm] = await answers(
      'index.json',
      'transformers.js/dist/library.js',
      'transformers.js-wasm/ort.wasm',
    );
    expect(JSON.parse(list![2])).toEqual({
      'transformers.js': { version: '4.3.1', path: 'transformers.js/', wasmPath: 'transformers.js-wasm/' },
    });
    expect(code).toEqual([200, 'text/javascript', 'code']);
    expect(wasm).toEqual([200, 'application/wasm', 'wasm']);
  });

  it('one whose wasm files are missing counts as not installed', async () => {
    await put(`${LIBRARY}/package.json`, '{"version":"4.3.1"}');
    expect((await answers('index.json'))[0]![2]).toBe('{}');
  });

  it('a file outside its folder is not served', async () => {
    await put(`${LIBRARY}/package.json`, '{"version":"4.3.1"}');
    await put(WASM, 'wasm');
    await put('node_modules/@huggingface/secret.txt', 'secret');
    const [outside, inside] = await answers('transformers.js/..%2Fsecret.txt', 'transformers.js/package.json');
    expect(outside![0]).toBe(404);
    expect(inside![0]).toBe(200);
  });
});
