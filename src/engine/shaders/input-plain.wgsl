// A product's input as it stands.
@group(0) @binding(2) var<storage, read> x: array<vec4f>;

const NORMED = false;
// Index of the first vec4f of this row of x.
var<private> xRow = 0u;
// Of no use here; input-normed.wgsl sums squares in it.
var<private> squares = 0.0;

fn xVector(v: u32) -> vec4f {
  return x[xRow + v];
}
