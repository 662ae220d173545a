// A team of one thread: its reductions are the value itself. Joined in front of a kernel whose teams may be larger.
// Constants: THREADS.
fn rowOf(group: u32, local: u32) -> u32 { return group * THREADS + local; }
fn laneOf(local: u32) -> u32 { return 0u; }
fn teamSum(lane: u32, value: f32) -> f32 { return value; }
fn teamMax(lane: u32, value: f32) -> f32 { return value; }
