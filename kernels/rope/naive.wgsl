// Rotary position embedding, half-split: one thread a pair (x[i], x[i + DIM/2]).
// Constants: SEQ, HEADS, DIM, GRID_X, GROUPS. Workgroups: ceil(HEADS·SEQ·DIM/2 / 256), folded.
@group(0) @binding(0) var<storage, read> x: array<f32>; // [head][position][DIM]
@group(0) @binding(1) var<storage, read> cosine: array<f32>; // [position][DIM/2]
@group(0) @binding(2) var<storage, read> sine: array<f32>; // [position][DIM/2]
@group(0) @binding(3) var<storage, read_write> y: array<f32>; // [head][position][DIM]

const HALF = DIM / 2u;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let pair = group * 256u + local;
  if (group >= GROUPS || pair >= HEADS * SEQ * HALF) {
    return;
  }
  let angle = pair % (SEQ * HALF);
  let at = pair / HALF * DIM + pair % HALF;
  let first = x[at];
  let second = x[at + HALF];
  y[at] = first * cosine[angle] - second * sine[angle];
  y[at + HALF] = second * cosine[angle] + first * sine[angle];
}
