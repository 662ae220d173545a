// Looks up the tokens of a step: one row of the embedding a token, to the residual stream. In decoding a new step begins
// here: one thread moves position and step on, which nothing else in this dispatch reads.
// Joined behind state.wgsl and a weights-*.wgsl (weightVector). Constants: VECTORS (vec4f a row), OUT_VECTORS (stride).
// Workgroups: [VECTORS / 64, 1, rows].
@group(0) @binding(2) var<storage, read> tokens: array<u32>;
@group(0) @binding(5) var<storage, read_write> stream: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> state: State;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < VECTORS) {
    stream[id.z * OUT_VECTORS + id.x] = weightVector(tokens[id.z], id.x);
  }
  if (!OF_PROMPT && id.x == 0u && id.z == 0u) {
    state.position += 1u;
    state.step += 1u;
  }
}

// Only products read x.
fn xVector(v: u32) -> vec4f {
  return vec4f();
}
