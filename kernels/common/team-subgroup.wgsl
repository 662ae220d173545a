// A team is a workgroup that folds within its subgroups first and then across them, through workgroup memory. Brings the
// entry point, since only there the subgroup's number can be had. Constants: THREADS, GRID_X, GROUPS.
fn rowOf(group: u32, local: u32) -> u32 { return group; }
fn laneOf(local: u32) -> u32 { return local; }

var<private> subgroup: u32;
var<private> subgroups: u32;
var<workgroup> folded: array<f32, THREADS>;

fn teamSum(lane: u32, value: f32) -> f32 {
  let part = subgroupAdd(value);
  if (subgroupElect()) { folded[subgroup] = part; }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < subgroups; i++) {
    total += folded[i];
  }
  workgroupBarrier();
  return total;
}

fn teamMax(lane: u32, value: f32) -> f32 {
  let part = subgroupMax(value);
  if (subgroupElect()) { folded[subgroup] = part; }
  workgroupBarrier();
  var largest = folded[0];
  for (var i = 1u; i < subgroups; i++) {
    largest = max(largest, folded[i]);
  }
  workgroupBarrier();
  return largest;
}

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) id: vec3u,
  @builtin(local_invocation_index) local: u32,
  @builtin(subgroup_id) subgroupId: u32,
  @builtin(num_subgroups) subgroupCount: u32,
) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  subgroup = subgroupId;
  subgroups = subgroupCount;
  work(group, local);
}
