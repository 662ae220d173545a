// The best token of each thread of each chunk of each row. None waits for another: a software adapter pays for every barrier.
// Joined behind chunk.wgsl. Constants: THREADS, GRID_X, GROUPS. Workgroups: rows·CHUNKS, folded.
@group(0) @binding(1) var<storage, read_write> peaks: array<vec2u>; // [row][chunk][thread]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group < GROUPS) {
    peaks[group * THREADS + local] = bestOfChunk(group, local);
  }
}
