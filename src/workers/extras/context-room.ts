// What a library does not check for itself before it takes tokens. Knows no library.

export interface ContextRoom {
  readonly vocab: number;
  /** Tokens in the context, and the most it takes. */
  readonly held: number;
  readonly positions: number;
}

/** Throws a RangeError for a token that is not in the vocabulary, or for more tokens than the context has room for. */
export function requireRoom(tokens: readonly number[], { vocab, held, positions }: ContextRoom): void {
  const foreign = tokens.find((token) => !(token >= 0 && token < vocab));
  if (foreign !== undefined) throw new RangeError(`token ${foreign} is not in the vocabulary of ${vocab}`);
  const wanted = held + tokens.length;
  if (wanted > positions) throw new RangeError(`${wanted} tokens in a context of ${positions}`);
}
