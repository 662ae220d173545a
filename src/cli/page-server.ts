// Serves the built page on loopback with the headers that isolate it, and whatever extra files a command adds under a prefix.
import { createReadStream } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sirv from 'sirv';
import { EXIT, UserError } from '../core/errors.ts';

/** Isolation gives the fine clock and wasm threads. The policy repeats index.html's, so that workers are under it too. */
const HEADERS = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    // The hub and where its files lie: the only other origins, asked only for a model that a person looked up.
    "connect-src 'self' https://huggingface.co https://*.huggingface.co https://*.hf.co",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
} as const;

/** Answers a request below its prefix; `rest` is the decoded path after it. */
export type Route = (rest: string, response: ServerResponse) => Promise<void>;

export interface PageServerOptions {
  readonly pageFolder: string;
  /** 0 takes any free port. */
  readonly port?: number;
  /** By prefix with both slashes, e.g. `/model/`. */
  readonly routes?: Readonly<Record<string, Route>>;
  /** Lets workers run scripts that they made themselves (blob:), as libraries with their wasm glue inside do. */
  readonly workersFromMemory?: boolean;
}

export interface PageServer {
  /** With a closing slash. */
  readonly url: string;
  close(): Promise<void>;
}

export async function startPageServer({
  pageFolder,
  port = 0,
  routes = {},
  workersFromMemory = false,
}: PageServerOptions): Promise<PageServer> {
  await access(join(pageFolder, 'index.html')).catch(() => {
    throw new UserError(`the page is not built: no index.html in ${pageFolder}. Run: npm run build`);
  });
  const serveFile = sirv(pageFolder, { dev: true, etag: true });
  const headers = workersFromMemory ? withMemoryWorkers(HEADERS) : HEADERS;
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isLoopback(request)) return refuse(response, 403, 'only for this machine');
    const path = pathOf(request);
    if (path === null) return refuse(response, 400, 'not a path');
    const prefix = Object.keys(routes).find((known) => path.startsWith(known));
    if (!prefix) return serveFile(request, response, () => refuse(response, 404, 'no such file'));
    routes[prefix]!(path.slice(prefix.length), response).catch(() => refuse(response, 500, 'could not be read'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, port)));
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function withMemoryWorkers(headers: typeof HEADERS): Record<string, string> {
  const policy = headers['Content-Security-Policy'].replace("worker-src 'self'", "worker-src 'self' blob:");
  return { ...headers, 'Content-Security-Policy': policy };
}

/** Sends one file; a missing one is a 404. */
export async function sendFile(
  path: string,
  response: ServerResponse,
  type = 'application/octet-stream',
): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile()) return refuse(response, 404, 'no such file');
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': found.size });
  await pipeline(createReadStream(path), response);
}

export function refuse(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) response.destroy();
  else response.writeHead(status, { 'Content-Type': 'text/plain' }).end(text);
}

/** A foreign site whose name was pointed at 127.0.0.1 (DNS rebinding) sends its own Host. */
function isLoopback(request: IncomingMessage): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(request.headers.host ?? '');
}

function pathOf(request: IncomingMessage): string | null {
  try {
    return decodeURIComponent(new URL(request.url ?? '/', 'http://127.0.0.1').pathname);
  } catch {
    return null;
  }
}

function portError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error;
  return new UserError(`port ${port} cannot be used (${error.code}). Choose another with --port`, EXIT.badInput);
}
