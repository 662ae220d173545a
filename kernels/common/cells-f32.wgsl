// Element access one f32 at a time. Joined in front of a kernel that works on cells: `Stored` is what a buffer holds,
// `Cell` what arithmetic sees, LANES how many elements a cell has.
alias Stored = f32;
alias Cell = f32;
const LANES = 1u;

fn loaded(value: Stored) -> Cell { return value; }
fn stored(value: Cell) -> Stored { return value; }
fn sumOf(value: Cell) -> f32 { return value; }
fn largestOf(value: Cell) -> f32 { return value; }
