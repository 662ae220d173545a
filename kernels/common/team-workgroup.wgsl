// A team is a workgroup that folds through workgroup memory. Joined behind common/reduce.wgsl. Constants: THREADS.
fn rowOf(group: u32, local: u32) -> u32 { return group; }
fn laneOf(local: u32) -> u32 { return local; }
fn teamSum(lane: u32, value: f32) -> f32 { return workgroupSum(lane, value); }
fn teamMax(lane: u32, value: f32) -> f32 { return workgroupMax(lane, value); }
