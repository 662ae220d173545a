// Names of hardware and models in any spelling → one key: makers, packaging, memory sizes, repositories and suffixes of weights and
// tuning say nothing that the catalogue tells apart. Knows no catalogue.

/** Words of a hardware name that are left out. */
const NOISE = new Set(
  'nvidia amd intel aws geforce instinct radeon gpu graphics sxm sxm4 sxm5 sxm6 oam per server edition blackwell grace hopper superchip dual turbo ms maxsun 48g tensor core hgx dgx card accelerator workstation apple rack ultraserver'.split(
    ' ',
  ),
);
/** The same where no space parts the words: a memory size and what follows it, then makers and packaging. */
const GLUED = [
  /\d{2,3}gb.*$/,
  /nvidia|amd|intel|apple|geforce|instinct|radeon|blackwell|server|edition|sxm\d?|nvl\d+|oam|grace|hopper/g,
];

/** Words in lower case without noise, brackets and memory sizes: `NVIDIA H200-NVL-141GB` is `h200nvl`. */
export function hardwareKey(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/^\s*\[[^\]]*\]/, '')
    .replace(/\([^)]*\)/g, ' ')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !NOISE.has(word) && !/^(\d+gb|\d+core|hbm\d\w*|nvl\d+|x\d+|\d+x)$/.test(word));
  const [only] = words;
  if (words.length === 1) return GLUED.reduce((text, noise) => text.replace(noise, ''), only!) || only!;
  return words.join('');
}

/** What follows a model's name: tuning, weights, dates of releases of the same shape, a file's ending. */
const SUFFIX =
  /-(instruct|chat|it|hf|base|thinking|v0\.\d|2507|0528|99(\.9)?|fp8|fp4|nvfp4|mxfp4|bf16|fp16|int4|int8|awq|gptq|w4a16|w8a8|dynamic|i?q\d\w*(-\w+)*|gguf)$/;

/** `meta-llama/Llama-3.1-8B-Instruct` and `llama3.1 8b` are both `llama3.18b`. */
export function modelKey(name: string): string {
  let key = name
    .toLowerCase()
    .trim()
    .replace(/^.*\//, '')
    .replace(/\.gguf$/, '')
    .replace(/[_\s]+/g, '-');
  for (let before = ''; before !== key; ) {
    before = key;
    key = key.replace(SUFFIX, '');
  }
  return key.replaceAll('-', '');
}
