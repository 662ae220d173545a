// The largest logit of each sequence, the first of equals: the next token, kept on the GPU, and noted in the ring the host
// reads. Constants: VOCAB, STRIDE (of logits), THREADS, BATCH, RING (steps). Workgroups: [1, 1, sequences].
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(7) var<storage, read_write> ring: array<u32>;

var<workgroup> best: array<f32, THREADS>;
var<workgroup> places: array<u32, THREADS>;

// Whether a candidate comes before what was best so far: it is larger, or as large and earlier.
fn isBetter(logit: f32, i: u32, most: f32, at: u32) -> bool {
  return logit > most || (logit == most && i < at);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let first = id.z * STRIDE;
  var most = -0x1.fffffep+127f;
  var at = VOCAB;
  // Four loads at a time, none waiting for another.
  for (var i = local; i < VOCAB; i += 4u * THREADS) {
    let places4 = i + THREADS * vec4u(0u, 1u, 2u, 3u);
    let held = min(places4, vec4u(VOCAB - 1u)) + first;
    let values = vec4f(logits[held.x], logits[held.y], logits[held.z], logits[held.w]);
    for (var j = 0u; j < 4u; j++) {
      if (places4[j] < VOCAB && isBetter(values[j], places4[j], most, at)) {
        most = values[j];
        at = places4[j];
      }
    }
  }
  best[local] = most;
  places[local] = at;
  for (var width = THREADS / 2u; width > 0u; width /= 2u) {
    workgroupBarrier();
    if (local < width && isBetter(best[local + width], places[local + width], best[local], places[local])) {
      best[local] = best[local + width];
      places[local] = places[local + width];
    }
  }
  if (local == 0u) {
    tokens[id.z] = places[0];
    ring[(state.step % RING) * BATCH + id.z] = places[0];
  }
}
