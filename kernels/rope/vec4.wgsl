// Rotary position embedding, half-split: four neighbouring pairs a thread, in 16-byte requests.
// Constants: SEQ, HEADS, DIM (a multiple of 8), GRID_X, GROUPS. Workgroups: ceil(HEADS·SEQ·DIM/8 / 256), folded.
@group(0) @binding(0) var<storage, read> x: array<vec4f>; // [head][position][DIM]
@group(0) @binding(1) var<storage, read> cosine: array<vec4f>; // [position][DIM/2]
@group(0) @binding(2) var<storage, read> sine: array<vec4f>; // [position][DIM/2]
@group(0) @binding(3) var<storage, read_write> y: array<vec4f>; // [head][position][DIM]

const HALF4 = DIM / 8u;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let pairs = group * 256u + local;
  if (group >= GROUPS || pairs >= HEADS * SEQ * HALF4) {
    return;
  }
  let angle = pairs % (SEQ * HALF4);
  let at = pairs / HALF4 * 2u * HALF4 + pairs % HALF4;
  let first = x[at];
  let second = x[at + HALF4];
  y[at] = first * cosine[angle] - second * sine[angle];
  y[at + HALF4] = second * cosine[angle] + first * sine[angle];
}
