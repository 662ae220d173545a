// From `hf:owner/name` or an address to a model's files, against a hub on loopback that can misbehave.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { findDecoder } from '../decoders.ts';
import { joinedSource } from '../files/joined.test-support.ts';
import { openModelFiles } from '../files/model-files.ts';
import { writeGguf } from '../gguf/writer.ts';
import { seededWeights } from '../onnx/seeded-weights.ts';
import { tinyWeightsUrl } from '../tiny/open-tiny.ts';
import { startFakeHub } from './fake-hub.test-support.ts';
import type { RemoteFile } from './hub.ts';
import { type DownloadProgress, fetchPlan, planDownload } from './plan.ts';
import { parseModelReference } from './reference.ts';
import type { Network } from './request.ts';
import { Sha256 } from './sha256.ts';
import { keyOf, type ModelStore, memoryStore } from './store.ts';

const tiny = (name: string): Uint8Array => readFileSync(new URL(name, tinyWeightsUrl()));
const decoder = { ...findDecoder('test-4x128'), layers: 1, hidden: 64, vocab: 96, intermediate: 64 };
const options = { type: 'same', contextLength: 64, tokenizer: [] } as const;
const ggufSource = await joinedSource('own.gguf', writeGguf(seededWeights(decoder, 'f32', 3), options));
const gguf = await ggufSource.read(0, ggufSource.size);

const hub = await startFakeHub(
  new Map([
    ['config.json', tiny('config.json')],
    ['tokenizer.json', tiny('tokenizer.json')],
    ['tokenizer_config.json', tiny('tokenizer_config.json')],
    ['model.safetensors', tiny('model.safetensors')],
    ['README.md', new Uint8Array(10)],
    ['quants/own Q8.gguf', gguf],
    ['quants/own-Q4.gguf', gguf],
  ]),
  /\.(safetensors|gguf)$/,
);
afterAll(() => hub.close());
afterEach(() => {
  hub.requests.length = 0;
  expect(hub.faults).toEqual([]);
});

const network = (signal = new AbortController().signal): Network => ({ endpoint: hub.endpoint, fetch, signal });
type Remote = Exclude<ReturnType<typeof parseModelReference>, { kind: 'path' }>;
const plan = (text: string, store: ModelStore = memoryStore(), net = network()) =>
  planDownload(parseModelReference(text) as Remote, store, net);
/** One large file, so that every request with content is its own. */
const one = async (store: ModelStore, net = network(), progress: (p: DownloadProgress) => void = () => {}) =>
  fetchPlan(await plan(`${hub.content}/quants/own-Q4.gguf`, store, net), store, net, progress);
const GGUF_PATH = '/quants/own-Q4.gguf';
const half = gguf.length >> 1;
const whole = async (files: readonly { size: number; read(o: number, l: number): Promise<Uint8Array> }[]) =>
  Buffer.from(await files[0]!.read(0, files[0]!.size)).equals(gguf);

describe('parseModelReference', () => {
  it.each([
    ['hf:owner/name', { kind: 'hub', repository: 'owner/name', file: null, revision: 'main' }],
    ['hf:o/n/a/b.gguf@v1.0', { kind: 'hub', repository: 'o/n', file: 'a/b.gguf', revision: 'v1.0' }],
    ['https://h/a b.gguf', { kind: 'url', url: 'https://h/a%20b.gguf' }],
    ['dir/model.gguf', { kind: 'path', path: 'dir/model.gguf' }],
  ])('%s', (text, expected) => expect(parseModelReference(text)).toEqual(expected));

  it.each([
    'hf:',
    'hf:owner',
    'hf:a/../b',
    'hf:a/b/../../c',
    'hf:a/b@x@y',
    'hf:a/b@',
    'hf:a/b@../x',
    'hf:a/b c',
    'hf:a//b',
  ])('%j names no repository', (text) =>
    expect(() => parseModelReference(text)).toThrow(/names no repository. Write hf:owner\/name/),
  );
});

describe('planDownload', () => {
  it('lists what a repository’s model takes, with sizes, before anything large is asked for', async () => {
    const { files, bytes, missingBytes } = await plan('hf:owner/name');
    expect(files.map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'model.safetensors',
    ]);
    expect(bytes).toBe(files.reduce((sum, { size }) => sum + size, 0));
    expect(missingBytes).toBe(bytes);
    expect(files[3]).toMatchObject({
      size: 9649720,
      sha256: createHash('sha256').update(tiny('model.safetensors')).digest('hex'),
    });
    expect(hub.requests.filter((request) => !request.startsWith('GET /api/'))).toEqual([]);
  });

  it('finds one file in a folder, and an address', async () => {
    expect((await plan('hf:owner/name/quants/own-Q4.gguf')).bytes).toBe(gguf.length);
    expect(await plan(`${hub.content}/quants/own%20Q8.gguf`)).toMatchObject({
      name: 'own Q8.gguf',
      bytes: gguf.length,
    });
    const beside = await plan(`${hub.content}/model.safetensors`);
    expect(beside.files.map(({ name }) => name)).toEqual([
      'config.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'model.safetensors',
    ]);
  });

  it.each([
    ['hf:owner/none', /^hf:owner\/none: answers 404 Not Found: there is no such repository, revision or file/],
    ['hf:owner/gated', /^hf:owner\/gated: answers 401 .*private or gated; .*give the path/],
    ['hf:owner/name@other', /^hf:owner\/name@other: answers 404/],
    ['hf:owner/name/none.gguf', /no file 'none.gguf'. Model files there: model.safetensors/],
    ['http://127.0.0.1:1/a.gguf', /^a\.gguf: no answer \(/],
    ['http://127.0.0.1:1/', /the address must end in a file name/],
  ])('%s is refused by name', async (text, message) => {
    await expect(plan(text)).rejects.toThrow(message);
  });
});

describe('fetchPlan', () => {
  it('downloads a repository over redirects, checks it, and the model opens; the second time nothing is asked', async () => {
    const store = memoryStore();
    const net = network();
    const told: DownloadProgress[] = [];
    const planned = await plan('hf:owner/name', store, net);
    const files = await fetchPlan(planned, store, net, (progress) => told.push(progress));
    const model = await openModelFiles(files, planned.name);
    expect(model).toMatchObject({ name: 'hf:owner/name', tokenizerLacks: null, contextLength: 256 });
    expect(model.weights.config).toMatchObject({ layers: 6, hidden: 192 });
    expect(model.tokenizer!.encode('First')).toEqual([...Buffer.from('First')]);
    expect(told.at(-1)).toEqual({ file: 'model.safetensors', bytes: planned.bytes, total: planned.bytes });
    expect(told.every(({ bytes }, i) => i === 0 || bytes >= told[i - 1]!.bytes)).toBe(true);
    expect((await store.list()).map(({ name }) => name)).toContain('model.safetensors');
    const again = await plan('hf:owner/name', store, net);
    expect(again.missingBytes).toBe(0);
    hub.requests.length = 0;
    expect(await fetchPlan(again, store, net, () => {})).toHaveLength(4);
    expect(hub.requests).toEqual([]);
  });

  it('goes on where a broken connection ended', async () => {
    hub.faults.push('cut');
    expect(await whole(await one(memoryStore()))).toBe(true);
    expect(hub.requests.slice(1)).toEqual([`GET ${GGUF_PATH}`, `GET ${GGUF_PATH} bytes=${half}-`]);
  });

  it('begins again where the server sends the whole file instead of the rest', async () => {
    hub.faults.push('cut', 'no-range');
    expect(await whole(await one(memoryStore()))).toBe(true);
  });

  it('tries again after a fault of the server', async () => {
    hub.faults.push('status 500');
    expect(await whole(await one(memoryStore()))).toBe(true);
  });

  it('stops when told to, keeps what came, and goes on from there', async () => {
    const store = memoryStore();
    const controller = new AbortController();
    hub.faults.push('stall');
    const stopped = one(store, network(controller.signal), ({ bytes }) => {
      if (bytes >= half) controller.abort(new Error('stopped by the user'));
    });
    await expect(stopped).rejects.toThrow('stopped by the user');
    expect((await plan(`${hub.content}${GGUF_PATH}`, store)).missingBytes).toBe(gguf.length - half);
    expect(await whole(await one(store))).toBe(true);
    expect(hub.requests.at(-1)).toBe(`GET ${GGUF_PATH} bytes=${half}-`);
  });

  it('a content with another hash is discarded, and a missing file is named', async () => {
    const store = memoryStore();
    const net = network();
    const planned = await plan('hf:owner/name/quants/own-Q4.gguf', store, net);
    hub.faults.push('altered');
    await expect(fetchPlan(planned, store, net, () => {})).rejects.toThrow(
      new RegExp(`^own-Q4\\.gguf: SHA-256 is [0-9a-f]{64}, not ${planned.files[0]!.sha256}: .* It was discarded`),
    );
    expect(await store.partial(keyOf(planned.files[0]!))).toBeNull();
    hub.faults.push('status 404');
    await expect(fetchPlan(planned, store, net, () => {})).rejects.toThrow(/own-Q4\.gguf: answers 404/);
  });

  it('a server that always breaks off is given up on, with how far it came', async () => {
    const net = network();
    const file: RemoteFile = {
      name: 'x',
      url: `${hub.content}${GGUF_PATH}`,
      size: gguf.length + 5,
      sha256: null,
      etag: null,
    };
    const { download } = await import('./download.ts');
    const tries = download(file, memoryStore(), { ...net, progress: () => {}, pauses: [1] });
    // The second try asks beyond the end, where this server has nothing.
    await expect(tries).rejects.toThrow(`x: ended after ${gguf.length} of ${gguf.length + 5} bytes`);
    const short = { ...file, size: 10 };
    await expect(download(short, memoryStore(), { ...net, progress: () => {} })).rejects.toThrow(
      'x: more than its 10 bytes came',
    );
  });
});

describe('Sha256', () => {
  it('is what the platform computes, however the bytes come', () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
      for (const step of [1, 13, 64, 200]) {
        const hash = new Sha256();
        for (let at = 0; at < length; at += step) hash.update(bytes.subarray(at, at + step));
        expect(hash.digest(), `${length} by ${step}`).toBe(createHash('sha256').update(bytes).digest('hex'));
      }
    }
  });
});
