// Zeroes the words of a buffer. Constants: WORDS, GRID_X, GROUPS. Workgroups: ceil(WORDS / 256), folded.
@group(0) @binding(0) var<storage, read_write> words: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  let at = group * 256u + local;
  if (group >= GROUPS || at >= WORDS) {
    return;
  }
  words[at] = 0u;
}
