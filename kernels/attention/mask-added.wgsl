// Attention with an additive mask. Constants: BATCH_HEADS, KEYS, MASK_BINDING, MASK_BATCH and MASK_HEAD (strides, 0 where
// the mask is shared).
@group(0) @binding(MASK_BINDING) var<storage, read> mask: array<f32>; // [batch or 1][head or 1][query][key]

const MASKED = true;

fn maskAt(head: u32, query: u32, key: u32) -> f32 {
  return mask[head / BATCH_HEADS * MASK_BATCH + head % BATCH_HEADS * MASK_HEAD + query * KEYS + key];
}
