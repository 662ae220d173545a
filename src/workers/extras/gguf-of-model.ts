// A decoder's weights as a GGUF file in memory, for runtimes that read nothing else. Token ids go in and out of them as they
// are, so that the file's words only have to be there. Knows no runtime.
import type { WrittenMetadata } from '../../../models/gguf/metadata-of.ts';
import { writeGguf } from '../../../models/gguf/writer.ts';
import type { DecoderModel } from '../../session/decoder-model.ts';

export async function ggufOf({ weights, config, type }: DecoderModel, contextLength: number): Promise<Blob> {
  // llama.cpp wants the vectors of an f16 model in f32, which holds the very same numbers.
  const options = { type: type === 'f16' ? 'F16' : 'same', contextLength, tokenizer: words(config.vocab) } as const;
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  for await (const piece of writeGguf(weights, options)) {
    pieces.push(piece);
  }
  return new Blob(pieces);
}

/** A word for every id: first GPT-2's spelling of every byte, which llama.cpp looks up, then made-up ones. */
function words(vocab: number): WrittenMetadata {
  const tokens = Array.from({ length: vocab }, (_, id) => (id < 256 ? byteWord(id) : `<${id}>`));
  return [
    ['tokenizer.ggml.model', { string: 'gpt2' }],
    ['tokenizer.ggml.pre', { string: 'gpt-2' }],
    ['tokenizer.ggml.tokens', { strings: tokens }],
    ['tokenizer.ggml.token_type', { int32s: tokens.map(() => 1) }],
    ['tokenizer.ggml.merges', { strings: [`${byteWord(32)} ${byteWord(32)}`] }],
    ['tokenizer.ggml.add_bos_token', { bool: false }],
  ];
}

/** GPT-2's byte alphabet: visible bytes are themselves, the others follow at U+0100 in order. */
function byteWord(byte: number): string {
  const visible = (value: number): boolean =>
    (value >= 33 && value <= 126) || (value >= 161 && value <= 172) || (value >= 174 && value <= 255);
  if (visible(byte)) return String.fromCharCode(byte);
  let hidden = 0;
  for (let value = 0; value < byte; value++) if (!visible(value)) hidden++;
  return String.fromCharCode(0x100 + hidden);
}
