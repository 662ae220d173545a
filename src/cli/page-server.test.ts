import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GraphBuilder } from '../../models/onnx/graph-builder.ts';
import { type OnnxFiles, writeModel } from '../../models/onnx/writer.ts';
import { openModelSource } from './model-source.ts';
import { type PageServer, sendFile, startPageServer } from './page-server.ts';
import { fakeIo } from './testdata/fake-io.ts';

/** A model whose one weight lies in a file of its own. */
function splitModel(): Promise<OnnxFiles> {
  const graph = new GraphBuilder('split', 17);
  graph.input('x', 'float32', [512]);
  graph.rename(graph.node('sum', 'Add', ['x', graph.constant('w', 'float32', [512], new Float32Array(512))]), 'y');
  graph.output('y', 'float32', [512]);
  return writeModel(graph.finish(), { inlineBytes: 0, externalFileBytes: 2 ** 20 });
}

const split = await splitModel();
const weights = split.external[0]!;
let folder = '';
let server: PageServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  await mkdir(join(folder, 'page'));
  await writeFile(join(folder, 'page', 'index.html'), '<title>page</title>');
  await writeFile(join(folder, 'page', 'code.wasm'), 'wasm');
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'net 1.onnx'), 'model');
  await writeFile(join(folder, 'net.data'), 'weights');
  await writeFile(join(folder, 'split.onnx'), split.model);
  await writeFile(join(folder, weights.path), weights.data);
  const model = await openModelSource('net 1.onnx', fakeIo({ folder }).io);
  server = await startPageServer({
    pageFolder: join(folder, 'page'),
    routes: {
      '/model/': model.route,
      '/broken/': () => Promise.reject(new Error('no')),
      '/file/': (rest, response) => sendFile(join(folder, rest), response),
    },
  });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

/** Status of a raw request: fetch would tidy the path and forbid the Host. */
function rawStatus(path: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(new URL(server.url), { path, headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('startPageServer', () => {
  it('listens on loopback alone', () => expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/));

  it('sends the page with the headers that isolate it', async () => {
    const response = await fetch(server.url);
    expect(await response.text()).toBe('<title>page</title>');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/html;charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cross-origin-resource-policy': 'same-origin',
    });
    const html = await readFile(new URL('../../index.html', import.meta.url), 'utf8');
    const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(html)![1];
    expect(policy).toContain("default-src 'none'");
    // What a meta element cannot say is all that the header adds.
    expect(response.headers.get('content-security-policy')).toBe(`${policy}; frame-ancestors 'none'`);
  });

  it('gives wasm its type, so that it compiles while it streams', async () => {
    const response = await fetch(`${server.url}code.wasm`);
    expect(response.headers.get('content-type')).toBe('application/wasm');
    expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
    await response.arrayBuffer();
  });

  it('refuses another host’s name, a way out of the folder and a path that is none', async () => {
    const host = new URL(server.url).host;
    expect(await rawStatus('/', 'evil.example')).toBe(403);
    expect(await rawStatus('/', host)).toBe(200);
    expect(await rawStatus('/../secret.txt', host)).toBe(404);
    expect(await rawStatus('/%2e%2e/secret.txt', host)).toBe(404);
    expect(await rawStatus('/%ff', host)).toBe(400);
  });

  it('answers a missing file and a route that fails', async () => {
    expect((await fetch(`${server.url}file/none`)).status).toBe(404);
    expect((await fetch(`${server.url}broken/x`)).status).toBe(500);
  });

  it('names the port that is taken', async () => {
    const port = Number(new URL(server.url).port);
    const second = startPageServer({ pageFolder: join(folder, 'page'), port });
    await expect(second).rejects.toThrow(`port ${port} cannot be used (EADDRINUSE). Choose another with --port`);
  });
});

describe('a local model', () => {
  it('is served with the files its weights are in', async () => {
    const model = await openModelSource('split.onnx', fakeIo({ folder }).io);
    const proxy = await startPageServer({ pageFolder: join(folder, 'page'), routes: { '/model/': model.route } });
    try {
      const size = async (name: string): Promise<number> =>
        (await (await fetch(`${proxy.url}model/${encodeURIComponent(name)}`)).arrayBuffer()).byteLength;
      expect(await size('split.onnx')).toBe(split.model.length);
      expect(await size(weights.path)).toBe(weights.data.length);
    } finally {
      await proxy.close();
    }
  });
  it('is served by name, and no other file of its folder', async () => {
    const model = await openModelSource('net 1.onnx', fakeIo({ folder }).io);
    expect(model).toMatchObject({ name: 'net 1.onnx', pagePath: '/model/net%201.onnx' });
    const text = async (path: string): Promise<string> => (await fetch(server.url + path)).text();
    expect(await text('model/net%201.onnx')).toBe('model');
    for (const path of [
      'model/net.data',
      'model/secret.txt',
      'model/..%2fsecret.txt',
      'model/page%2findex.html',
      'model/page',
      'model/..%2f..',
    ]) {
      expect((await fetch(server.url + path)).status, path).toBe(404);
    }
  });
});

describe('a remote model', () => {
  it('is passed through, weights beside it too', async () => {
    const model = await openModelSource(`${server.url}file/net%201.onnx`, fakeIo({ folder }).io);
    expect(model.name).toBe('net 1.onnx');
    const proxy = await startPageServer({ pageFolder: join(folder, 'page'), routes: { '/model/': model.route } });
    try {
      expect(await (await fetch(`${proxy.url}model/net%201.onnx`)).text()).toBe('model');
      expect(await (await fetch(`${proxy.url}model/net.data`)).text()).toBe('weights');
      expect((await fetch(`${proxy.url}model/none`)).status).toBe(404);
    } finally {
      await proxy.close();
    }
  });

  it('that is not there, or that nobody serves, is the caller’s mistake', async () => {
    await expect(openModelSource(`${server.url}file/none.onnx`, fakeIo({ folder }).io)).rejects.toThrow('answers 404');
    await expect(openModelSource('http://127.0.0.1:1/a.onnx', fakeIo({ folder }).io)).rejects.toThrow('no answer (');
    await expect(openModelSource(server.url, fakeIo({ folder }).io)).rejects.toThrow('must end in a file name');
  });
});
