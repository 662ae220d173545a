// The tokenizer of a model as GGUF metadata, for the writer: from tokenizer.json, or as another GGUF file has it.
import type { SpecialTokens } from '../tokenizer/tokenizer-json.ts';
import type { GgufFile, MetadataValue } from './header.ts';
import type { WrittenMetadata, WrittenValue } from './metadata-of.ts';

type Json = Readonly<Record<string, unknown>>;

/** Kinds of tokens: plain, control (special), given by the user (added, but text). */
const KIND = { plain: 1, control: 3, userDefined: 4 } as const;

/** What tokenizer.json files write before the words of each kind that llama.cpp has a name for. */
const WORDS = '[^\\r\\n\\p{L}\\p{N}]?\\p{L}+';
const REST = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";

/** Keys of a byte-level BPE tokenizer; null for any other, and for one whose way of cutting words llama.cpp has no name for. */
export function tokenizerKeysFromJson(
  tokenizer: unknown,
  { bos, eos }: SpecialTokens,
  addsBos: boolean,
): WrittenMetadata | null {
  const { model, pre_tokenizer: pre, added_tokens: added } = objectOf(tokenizer);
  const { type, vocab, merges } = objectOf(model);
  const name = preTokenizerName(pre);
  if (type !== 'BPE' || name === null || !Array.isArray(merges)) return null;
  const tokens: string[] = [];
  const kinds: number[] = [];
  for (const [token, id] of Object.entries(objectOf(vocab))) {
    if (typeof id !== 'number') return null;
    tokens[id] = token;
    kinds[id] = KIND.plain;
  }
  for (const item of Array.isArray(added) ? added.map(objectOf) : []) {
    if (typeof item.id !== 'number' || typeof item.content !== 'string') return null;
    tokens[item.id] = item.content;
    kinds[item.id] = item.special === true ? KIND.control : KIND.userDefined;
  }
  // An id nobody uses would leave a hole in the list.
  for (let id = 0; id < tokens.length; id++) {
    tokens[id] ??= `[unused${id}]`;
    kinds[id] ??= KIND.control;
  }
  return [
    ['tokenizer.ggml.model', { string: 'gpt2' }],
    ['tokenizer.ggml.pre', { string: name }],
    ['tokenizer.ggml.tokens', { strings: tokens }],
    ['tokenizer.ggml.token_type', { int32s: kinds }],
    [
      'tokenizer.ggml.merges',
      { strings: merges.map((merge: unknown) => (Array.isArray(merge) ? merge.join(' ') : String(merge))) },
    ],
    ...(bos === null ? [] : ([['tokenizer.ggml.bos_token_id', { uint32: bos }]] as const)),
    ...(eos.length === 0 ? [] : ([['tokenizer.ggml.eos_token_id', { uint32: eos[0]! }]] as const)),
    ['tokenizer.ggml.add_bos_token', { bool: addsBos }],
  ];
}

/** The tokenizer keys of another GGUF file, as they are. */
export function tokenizerKeysOf({ metadata }: GgufFile): WrittenMetadata {
  return [...metadata].flatMap(([key, value]) => {
    const written = key.startsWith('tokenizer.') ? writtenValue(value) : null;
    return written ? [[key, written] as const] : [];
  });
}

/** Ids in the files are 32 bits wide; a number with a fraction is none. */
function writtenValue(value: MetadataValue): WrittenValue | null {
  if (typeof value === 'string') return { string: value };
  if (typeof value === 'boolean') return { bool: value };
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? { uint32: value } : { float32: value };
  if (value instanceof Float32Array) return { float32s: [...value] };
  if (value instanceof Int32Array) return { int32s: [...value] };
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return { strings: value };
  return null;
}

function preTokenizerName(pre: unknown): string | null {
  const steps = stepsOf(pre);
  const patterns = steps.filter(({ type }) => type === 'Split').map(({ pattern }) => objectOf(pattern).Regex);
  const digits = steps.some(({ type, individual_digits: each }) => type === 'Digits' && each === true);
  const bytes = steps.find(({ type }) => type === 'ByteLevel');
  if (!bytes || bytes.add_prefix_space === true) return null;
  if (patterns.length === 0) return bytes.use_regex === false ? null : digits ? 'smollm' : 'gpt-2';
  if (patterns.length > 1 || digits) return null;
  if (patterns[0] === `${CONTRACTIONS}|${WORDS}|\\p{N}{1,3}|${REST}`) return 'llama-bpe';
  return patterns[0] === `${CONTRACTIONS}|${WORDS}|\\p{N}|${REST}` ? 'qwen2' : null;
}

function stepsOf(pre: unknown): Json[] {
  const { type, pretokenizers } = objectOf(pre);
  return type === 'Sequence' && Array.isArray(pretokenizers) ? pretokenizers.flatMap(stepsOf) : [objectOf(pre)];
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
