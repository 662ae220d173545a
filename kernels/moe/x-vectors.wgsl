// What meets the experts' weights. Joined in front of a common/weights-*.wgsl. Constants: AFTER (the binding after the
// weights' own).
@group(0) @binding(AFTER) var<storage, read> x: array<vec4f>; // [token or slot][K]

// First vector of the row that xVector reads.
var<private> xRow: u32;

fn xVector(v: u32) -> vec4f {
  return x[xRow + v];
}
