// Answers a request with a byte source, whole or one range of it (RFC 9110 §14), a piece at a time.
import type { ServerResponse } from 'node:http';
import { type ByteSource, readBytes } from '../../models/files/byte-source.ts';

/** Bytes held at a time. */
const PIECE = 2 ** 22;

export async function sendSource(source: ByteSource, response: ServerResponse): Promise<void> {
  const { size } = source;
  const range = readRange(response.req.headers.range, size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  const { from, to } = range ?? { from: 0, to: size };
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': to - from,
    'Accept-Ranges': 'bytes',
    ...(range ? { 'Content-Range': `bytes ${from}-${to - 1}/${size}` } : {}),
  });
  if (response.req.method !== 'HEAD') {
    for (let at = from; at < to && !response.destroyed; at += PIECE) {
      const bytes = await readBytes(source, at, Math.min(PIECE, to - at), 'range');
      if (!response.write(bytes)) await drained(response);
    }
  }
  response.end();
}

/** [from, to) of a header that asks for one range; null for none, or for several, which may be ignored. */
function readRange(header: string | undefined, size: number): { from: number; to: number } | 'unsatisfiable' | null {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!asked || (asked[1] === '' && asked[2] === '')) return null;
  if (asked[1] === '') return { from: Math.max(0, size - Number(asked[2])), to: size };
  const from = Number(asked[1]);
  const to = asked[2] === '' ? size : Math.min(size, Number(asked[2]) + 1);
  return from < size && from < to ? { from, to } : 'unsatisfiable';
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.on('drain', done);
    response.on('close', done);
  });
}
