// Bytes of a token's spelling, in the two spellings there are: GPT-2's byte alphabet and SentencePiece's. Knows no library.
import type { TokenBytes } from './tokenizer.ts';

/** `special`: shown to nobody. `literal`: text as it stands, such as an added token. */
export type TokenKind = 'plain' | 'special' | 'literal';

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();

/** Byte → character of GPT-2's alphabet: visible Latin-1 characters are themselves, the others U+0100 on, in order. */
export function byteAlphabet(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const visible = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCodePoint(visible ? byte : next++);
  });
}

/** Byte-level BPE: every character of a token is a byte. */
export function byteLevelBytes(
  spelling: (id: number) => string | undefined,
  kind: (id: number) => TokenKind,
): TokenBytes {
  const bytes = new Map(byteAlphabet().map((character, byte) => [character, byte]));
  return (id) => {
    const text = spelling(id);
    if (text === undefined || kind(id) === 'special') return NOTHING;
    if (kind(id) === 'literal') return encoder.encode(text);
    // A character outside the alphabet comes only from a damaged vocabulary; it is shown as it is.
    return Uint8Array.from(Array.from(text).flatMap((c) => bytes.get(c) ?? [...encoder.encode(c)]));
  };
}

/**
 * SentencePiece: U+2581 is a space, `<0x0A>` one byte. The space before the first word is the tokenizer's own, and taken
 * away again.
 */
export function sentencePieceBytes(
  spelling: (id: number) => string | undefined,
  kind: (id: number) => TokenKind,
  addsSpace: boolean,
): TokenBytes {
  return (id, first) => {
    const text = spelling(id);
    if (text === undefined || kind(id) === 'special') return NOTHING;
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(text)?.[1];
    if (byte !== undefined && kind(id) === 'plain') return Uint8Array.of(Number.parseInt(byte, 16));
    const spaced = text.replaceAll('\u2581', ' ');
    return encoder.encode(first && addsSpace && spaced.startsWith(' ') ? spaced.slice(1) : spaced);
  };
}
