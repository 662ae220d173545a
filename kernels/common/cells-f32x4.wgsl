// Element access four f32 at a time, 16-byte requests. Joined in front of a kernel that works on cells.
alias Stored = vec4f;
alias Cell = vec4f;
const LANES = 4u;

fn loaded(value: Stored) -> Cell { return value; }
fn stored(value: Cell) -> Stored { return value; }
fn sumOf(value: Cell) -> f32 { return (value.x + value.y) + (value.z + value.w); }
fn largestOf(value: Cell) -> f32 { return max(max(value.x, value.y), max(value.z, value.w)); }
