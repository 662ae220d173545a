// llama.cpp's tensor names ↔ Hugging Face's. Experts stand in one tensor there, [experts, outputs, inputs], and one by one here.

export interface GgufName {
  readonly name: string;
  /** Which slice of the first dimension; null for the whole tensor. */
  readonly expert: number | null;
}

const WHOLE: Readonly<Record<string, string>> = {
  'model.embed_tokens': 'token_embd',
  'model.norm': 'output_norm',
  lm_head: 'output',
};

const PARTS: Readonly<Record<string, string>> = {
  input_layernorm: 'attn_norm',
  'self_attn.q_proj': 'attn_q',
  'self_attn.k_proj': 'attn_k',
  'self_attn.v_proj': 'attn_v',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_norm': 'attn_q_norm',
  'self_attn.k_norm': 'attn_k_norm',
  'self_attn.sinks': 'attn_sinks.weight',
  post_attention_layernorm: 'ffn_norm',
  'mlp.gate': 'ffn_gate_inp',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  'mlp.down_proj': 'ffn_down',
};

/** Where a tensor of Hugging Face's name lies in a GGUF file of that architecture. */
export function ggufName(name: string, architecture: string): GgufName {
  const layer = /^model\.layers\.(\d+)\.(.+)$/.exec(name);
  if (!layer) return { name: suffixed(WHOLE, name), expert: null };
  const [, index, part] = layer as unknown as [string, string, string];
  const expert = /^mlp\.experts\.(\d+)\.(gate|up|down)_proj\.(weight|bias)$/.exec(part);
  if (expert) return { name: `blk.${index}.ffn_${expert[2]}_exps.${expert[3]}`, expert: Number(expert[1]) };
  const own = suffixed(PARTS, part);
  const renamed = architecture === 'gpt-oss' && own === 'ffn_norm.weight' ? 'post_attention_norm.weight' : own;
  return { name: `blk.${index}.${renamed}`, expert: null };
}

function suffixed(table: Readonly<Record<string, string>>, name: string): string {
  const suffix = /\.(weight|bias)$/.exec(name)?.[0] ?? '';
  const found = table[name.slice(0, name.length - suffix.length)];
  if (found === undefined) throw new Error(`no GGUF name for ${name}`);
  return found + suffix;
}

/** Whether a tensor holds one slice an expert. */
export function isStacked(ggufTensorName: string): boolean {
  return /_exps\.(weight|bias)$/.test(ggufTensorName);
}
