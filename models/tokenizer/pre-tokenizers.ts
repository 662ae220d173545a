// How text is cut into words before byte-level BPE, by GGUF's `tokenizer.ggml.pre`. The patterns are those of the models' own
// tokenizer.json files, written so that JavaScript reads them.

/** Contractions in either case, spelled out: JavaScript has no (?i:…) in every engine. */
const CONTRACTIONS = "'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])";
const SPACES = '\\s+(?!\\S)|\\s+';
const GPT2 = `'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|${SPACES}`;
/** Llama 3 takes up to three digits at a time, Qwen one. */
const tiktoken = (digits: string): string =>
  `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|${SPACES}`;
const UPPER = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const LOWER = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const cased = (contractions: string, digits: string): string =>
  [
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}*${LOWER}+${contractions}`,
    `[^\\r\\n\\p{L}\\p{N}]?${UPPER}+${LOWER}*${contractions}`,
    digits,
    ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*',
    '\\s*[\\r\\n]+',
    SPACES,
  ].join('|');

export interface PreTokenizer {
  /** Applied one after the other, each to the pieces of the one before. */
  readonly patterns: readonly string[];
  /** A word that is a token is taken whole, whatever its merges. */
  readonly wholeWords: boolean;
  readonly normalizer: 'NFC' | null;
}

const plain = { wholeWords: false, normalizer: null } as const;
const gpt2: PreTokenizer = { ...plain, patterns: [GPT2] };
const llama3: PreTokenizer = { ...plain, patterns: [tiktoken('\\p{N}{1,3}')], wholeWords: true };
const qwen: PreTokenizer = { patterns: [tiktoken('\\p{N}')], wholeWords: false, normalizer: 'NFC' };
const smol: PreTokenizer = { ...plain, patterns: ['\\p{N}', GPT2] };

const KINDS: Readonly<Record<string, PreTokenizer>> = {
  'gpt-2': gpt2,
  olmo: gpt2,
  'llama-bpe': llama3,
  'llama-v3': llama3,
  llama3,
  dbrx: { ...llama3, wholeWords: false },
  qwen2: qwen,
  smollm: smol,
  starcoder: smol,
  refact: smol,
  'gpt-4o': { ...plain, patterns: [cased(`(?:${CONTRACTIONS})?`, '\\p{N}{1,3}')] },
  tekken: { ...plain, patterns: [cased('', '\\p{N}')], wholeWords: true },
};

export const SUPPORTED_PRE_TOKENIZERS: readonly string[] = Object.keys(KINDS);

export function findPreTokenizer(name: string): PreTokenizer | undefined {
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}
