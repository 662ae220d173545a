// A product's input through RMSNorm: each x times its gain, while the squares are summed for the one factor that the whole
// product is multiplied with in the end.
@group(0) @binding(2) var<storage, read> x: array<vec4f>;
@group(0) @binding(3) var<storage, read> gain: array<vec4f>;

const NORMED = true;
// Index of the first vec4f of this row of x.
var<private> xRow = 0u;
// Of the elements this thread has read.
var<private> squares = 0.0;

fn xVector(v: u32) -> vec4f {
  let value = x[xRow + v];
  squares += dot(value, value);
  return value * gain[v];
}
