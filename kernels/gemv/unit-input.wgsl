// Rows of x as vec4f, padded with zeros, for a product.wgsl that stands alone.
// Constants: AFTER (bindings that W takes).
@group(0) @binding(AFTER) var<storage, read> x: array<vec4f>;

const NORMED = false;
// Index of the first vec4f of this row of x.
var<private> xRow = 0u;
// Of no use without a norm.
var<private> squares = 0.0;

fn xVector(v: u32) -> vec4f {
  return x[xRow + v];
}
