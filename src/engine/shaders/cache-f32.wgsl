// The key-value cache of a layer in f32, [sequence][kv head][position][headDim / 4].
@group(0) @binding(7) var<storage, read_write> keys: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> values: array<vec4f>;

fn keyAt(i: u32) -> vec4f {
  return keys[i];
}

fn valueAt(i: u32) -> vec4f {
  return values[i];
}

fn storeKey(i: u32, value: vec4f) {
  keys[i] = value;
}

fn storeValue(i: u32, value: vec4f) {
  values[i] = value;
}
