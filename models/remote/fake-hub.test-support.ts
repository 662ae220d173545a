// A hub of our own on loopback: the addresses and answers of Hugging Face's, and faults to order. Content lies on a second
// server, to which the first one redirects, as large files do there.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const COMMIT = 'a'.repeat(40);

export interface FakeHub {
  readonly endpoint: string;
  /** `METHOD path range` of every request, in order. */
  readonly requests: string[];
  /** What the next answers with content do wrong, one each. */
  readonly faults: ('cut' | 'no-range' | 'status 500' | 'status 404' | 'altered' | 'stall')[];
  /** Where the content lies, without the hub's part: for plain addresses. */
  readonly content: string;
  close(): Promise<void>;
}

/** Files by path within the one repository `owner/name`; `large` ones have their hash in the listing. */
export async function startFakeHub(files: ReadonlyMap<string, Uint8Array>, large: RegExp): Promise<FakeHub> {
  const requests: string[] = [];
  const faults: FakeHub['faults'] = [];
  const store = await listen((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.range ?? ''}`.trim());
    const bytes = files.get(decodeURIComponent(request.url!.slice(1)));
    if (!bytes) return void response.writeHead(404).end();
    sendContent(request, response, bytes, request.method === 'GET' ? faults.shift() : undefined);
  });
  const hub = await listen((request, response) => {
    const path = decodeURIComponent(request.url!);
    requests.push(`${request.method} ${path}`);
    const tree = new RegExp(`^/api/models/owner/name/tree/${COMMIT}(?:/(.*))?$`).exec(path);
    const file = new RegExp(`^/owner/name/resolve/${COMMIT}/(.*)$`).exec(path)?.[1];
    if (path === '/api/models/owner/name/revision/main') return sendJson(response, { sha: COMMIT });
    if (tree) return sendJson(response, listing(files, large, tree[1] ?? ''));
    if (path.startsWith('/api/models/owner/gated/')) return void response.writeHead(401).end();
    if (file === undefined || !files.has(file)) return void response.writeHead(404).end();
    if (large.test(file)) return void response.writeHead(302, { Location: `${store.url}/${encodeURI(file)}` }).end();
    sendContent(request, response, files.get(file)!, undefined);
  });
  return {
    endpoint: hub.url,
    content: store.url,
    requests,
    faults,
    close: async () => {
      for (const { server } of [hub, store]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function listing(files: ReadonlyMap<string, Uint8Array>, large: RegExp, folder: string): unknown[] {
  return [...files]
    .filter(([path]) => path.slice(0, Math.max(0, path.lastIndexOf('/'))) === folder)
    .map(([path, bytes]) => ({
      type: 'file',
      path,
      oid: 'b'.repeat(40),
      size: bytes.length,
      ...(large.test(path)
        ? { lfs: { oid: createHash('sha256').update(bytes).digest('hex'), size: bytes.length } }
        : {}),
    }));
}

function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  whole: Uint8Array,
  fault: FakeHub['faults'][number] | undefined,
): void {
  if (fault?.startsWith('status ')) return void response.writeHead(Number(fault.slice(7))).end();
  const range = fault === 'no-range' ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  const bytes = Buffer.from(whole.subarray(from));
  if (fault === 'altered') bytes[bytes.length - 1]! ^= 1;
  response.writeHead(range ? 206 : 200, {
    ETag: '"state-1"',
    'Content-Length': bytes.length,
    ...(range ? { 'Content-Range': `bytes ${from}-${whole.length - 1}/${whole.length}` } : {}),
  });
  if (request.method === 'HEAD') return void response.end();
  if (fault !== 'cut' && fault !== 'stall') return void response.end(bytes);
  response.write(bytes.subarray(0, bytes.length >> 1), () => {
    // Time for what was written to arrive before the connection breaks.
    if (fault === 'cut') setTimeout(() => response.destroy(), 30);
  });
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}

async function listen(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<{ url: string; server: Server }> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
