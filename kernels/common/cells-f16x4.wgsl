// Element access four f16 at a time, packed two a word, f32 in arithmetic. Needs no `shader-f16`: unpacking is one
// conversion instruction where the hardware has f16 at all. Joined in front of a kernel that works on cells.
alias Stored = vec2u;
alias Cell = vec4f;
const LANES = 4u;

fn loaded(value: Stored) -> Cell { return vec4f(unpack2x16float(value.x), unpack2x16float(value.y)); }
fn stored(value: Cell) -> Stored { return vec2u(pack2x16float(value.xy), pack2x16float(value.zw)); }
fn sumOf(value: Cell) -> f32 { return (value.x + value.y) + (value.z + value.w); }
fn largestOf(value: Cell) -> f32 { return max(max(value.x, value.y), max(value.z, value.w)); }
