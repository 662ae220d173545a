// What a thread of a workgroup meets of its chunk. Neighbouring threads read neighbouring logits.
// Joined behind order.wgsl. Constants: VOCAB, CHUNK, CHUNKS, THREADS (of a workgroup, which takes one chunk of one row).

// The higher order, the lower index of equals.
fn better(a: vec2u, b: vec2u) -> vec2u {
  return select(b, a, a.x > b.x || (a.x == b.x && a.y < b.y));
}

// The thread's best token: its order and its index. A thread that meets none has index VOCAB.
fn bestOfChunk(group: u32, local: u32) -> vec2u {
  let first = group % CHUNKS * CHUNK;
  let row = group / CHUNKS * VOCAB;
  var best = vec2u(0u, VOCAB);
  for (var i = first + local; i < min(VOCAB, first + CHUNK); i += THREADS) {
    best = better(best, vec2u(orderOf(logits[row + i]), i));
  }
  return best;
}
