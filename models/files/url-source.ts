// A file on a server, read by ranges and never held whole. For addresses on the page's own origin; what lies elsewhere is
// downloaded and checked first (models/remote).
import { UserError } from '../../src/core/errors.ts';
import type { ByteSource } from './byte-source.ts';

/** Asks for the size; a UserError when there is no such file or the server does not say how large it is. */
export async function openUrlSource(name: string, url: string): Promise<ByteSource> {
  const head = await fetch(url, { method: 'HEAD' });
  if (!head.ok) throw new UserError(`${name}: answers ${head.status} ${head.statusText}`.trimEnd());
  const size = Number(head.headers.get('Content-Length') ?? Number.NaN);
  if (!Number.isSafeInteger(size)) throw new UserError(`${name}: the server does not say how large it is`);
  return { name, size, read: (offset, length) => readRange(name, url, offset, length) };
}

async function readRange(name: string, url: string, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  if (length === 0) return new Uint8Array(0);
  const answer = await fetch(url, { headers: { Range: `bytes=${offset}-${offset + length - 1}` } });
  if (answer.status === 206) return new Uint8Array(await answer.arrayBuffer());
  await answer.body?.cancel();
  throw new UserError(`${name}: answers ${answer.status} to a request for a range; the server must support ranges`);
}
