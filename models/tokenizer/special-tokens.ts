// Which tokens begin and end a text, from the files beside tokenizer.json. Ids in generation_config.json and config.json win
// over names in tokenizer_config.json: the names are often those of the base model.
import type { SpecialTokens } from './tokenizer-json.ts';

type Json = Readonly<Record<string, unknown>>;

/** `configs`: first the one that is believed first. Absent files are empty objects. */
export function specialTokens(tokenizer: unknown, configs: readonly unknown[], settings: unknown): SpecialTokens {
  const ids = idsByContent(tokenizer);
  const named = (key: string): number[] => {
    const value = objectOf(settings)[key];
    const content = typeof value === 'string' ? value : objectOf(value).content;
    const id = typeof content === 'string' ? ids.get(content) : undefined;
    return id === undefined ? [] : [id];
  };
  const stated = (key: string): number[] => {
    for (const config of configs) {
      const value = objectOf(config)[key];
      const list = (Array.isArray(value) ? value : [value]).filter((id): id is number => Number.isSafeInteger(id));
      if (list.length > 0) return list;
    }
    return [];
  };
  const of = (name: string): number[] => {
    const found = stated(`${name}_token_id`);
    return found.length > 0 ? found : named(`${name}_token`);
  };
  return { bos: of('bos')[0] ?? null, eos: of('eos') };
}

function idsByContent(tokenizer: unknown): Map<string, number> {
  const { added_tokens: added, model } = objectOf(tokenizer);
  const ids = new Map<string, number>();
  const vocab = objectOf(objectOf(model).vocab);
  for (const [token, id] of Object.entries(vocab)) if (typeof id === 'number') ids.set(token, id);
  for (const item of Array.isArray(added) ? added : []) {
    const { content, id } = objectOf(item);
    if (typeof content === 'string' && typeof id === 'number') ids.set(content, id);
  }
  return ids;
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
}
