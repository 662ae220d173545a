// A file that a writer gives in pieces, as one byte source.
import { type ByteSource, sourceOfBytes } from './byte-source.ts';

export async function joinedSource(name: string, pieces: AsyncIterable<Uint8Array>): Promise<ByteSource> {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces) parts.push(piece);
  return sourceOfBytes(name, Uint8Array.from(Buffer.concat(parts)));
}
