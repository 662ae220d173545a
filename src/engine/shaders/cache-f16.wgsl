// The key-value cache of a layer in f16, four in two words, [sequence][kv head][position][headDim / 4]. A number beyond
// ±65,504 is stored as that: an infinity would turn every later token into NaN.
@group(0) @binding(7) var<storage, read_write> keys: array<vec2u>;
@group(0) @binding(8) var<storage, read_write> values: array<vec2u>;

fn fourHalves(words: vec2u) -> vec4f {
  return vec4f(unpack2x16float(words.x), unpack2x16float(words.y));
}

fn packHalves(value: vec4f) -> vec2u {
  let held = clamp(value, vec4f(-65504.0), vec4f(65504.0));
  return vec2u(pack2x16float(held.xy), pack2x16float(held.zw));
}

fn keyAt(i: u32) -> vec4f {
  return fourHalves(keys[i]);
}

fn valueAt(i: u32) -> vec4f {
  return fourHalves(values[i]);
}

fn storeKey(i: u32, value: vec4f) {
  keys[i] = packHalves(value);
}

fn storeValue(i: u32, value: vec4f) {
  values[i] = packHalves(value);
}
