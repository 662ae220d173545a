// Attention without a mask.
const MASKED = false;

fn maskAt(head: u32, query: u32, key: u32) -> f32 { return 0.0; }
