// What the project needs of a tokenizer, wherever it was read: text to tokens, and tokens to text as they stream. Knows no
// file format.

export interface Tokenizer {
  /** Tokens of the vocabulary; ids are below it. */
  readonly vocab: number;
  /** Begins a text where the model was trained so; null where there is none. `encode` does not add it. */
  readonly bos: number | null;
  readonly addsBos: boolean;
  /** Any of them ends a text; may be empty. */
  readonly eos: readonly number[];
  encode(text: string): number[];
  /** Text of the tokens; of a character whose bytes have not all come, nothing yet. */
  decode(tokens: readonly number[]): string;
  /** The same token by token. */
  stream(): TokenStream;
}

export interface TokenStream {
  /** The text that this token makes whole: may be empty, may be several characters. */
  push(token: number): string;
  /** What is left when nothing more comes: bytes that are no character become U+FFFD. */
  end(): string;
}

/** Bytes a token stands for; of a special token none. `first`: nothing came before it. */
export type TokenBytes = (token: number, first: boolean) => Uint8Array;

export function streamOf(bytesOf: TokenBytes): TokenStream {
  // Holds back the bytes of an unfinished character.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let first = true;
  return {
    push: (token) => {
      const bytes = bytesOf(token, first);
      first = false;
      return decoder.decode(bytes, { stream: true });
    },
    end: () => decoder.decode(),
  };
}

export function decodeAll(bytesOf: TokenBytes, tokens: readonly number[]): string {
  const stream = streamOf(bytesOf);
  return tokens.map((token) => stream.push(token)).join('');
}
