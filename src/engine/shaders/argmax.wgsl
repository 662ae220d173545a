// The largest logit of each sequence, the first of equals: the next token, kept on the GPU, and noted in the ring the host
// reads. Constants: VOCAB, STRIDE (of logits), THREADS, BATCH, RING (steps). Workgroups: [1, 1, sequences].
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> tokens: array<u32>;
@group(0) @binding(6) var<storage, read> state: State;
@group(0) @binding(7) var<storage, read_write> ring: array<u32>;

var<workgroup> best: array<f32, THREADS>;
var<workgroup> places: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let first = id.z * STRIDE;
  var most = -0x1.fffffep+127f;
  var at = VOCAB;
  for (var i = local; i < VOCAB; i += THREADS) {
    let logit = logits[first + i];
    if (logit > most) {
      most = logit;
      at = i;
    }
  }
  best[local] = most;
  places[local] = at;
  workgroupBarrier();
  if (local > 0u) {
    return;
  }
  for (var i = 1u; i < THREADS; i++) {
    if (best[i] > most || (best[i] == most && places[i] < at)) {
      most = best[i];
      at = places[i];
    }
  }
  tokens[id.z] = at;
  ring[(state.step % RING) * BATCH + id.z] = at;
}
