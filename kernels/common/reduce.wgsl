// Reductions over a one-dimensional workgroup in two steps and two barriers: 16 threads fold the others' values, then
// every thread folds those 16. All threads must call; all get the result. Safe to call again at once: the second barrier
// of a call separates its reads of `lanes` from the next call's writes, and the next first barrier does it for `folded`.
// Joined in front of a kernel. Constants: THREADS, at least 16. Only the functions a kernel calls take workgroup memory.
const FOLDERS = 16u;
var<workgroup> lanes: array<f32, THREADS>;
var<workgroup> folded: array<f32, FOLDERS>;
var<workgroup> lanes4: array<vec4f, THREADS>;
var<workgroup> folded4: array<vec4f, FOLDERS>;

fn workgroupSum(local: u32, value: f32) -> f32 {
  lanes[local] = value;
  workgroupBarrier();
  if (local < FOLDERS) {
    var sum = 0.0;
    for (var i = local; i < THREADS; i += FOLDERS) {
      sum += lanes[i];
    }
    folded[local] = sum;
  }
  workgroupBarrier();
  var total = 0.0;
  for (var i = 0u; i < FOLDERS; i++) {
    total += folded[i];
  }
  return total;
}

fn workgroupMax(local: u32, value: f32) -> f32 {
  lanes[local] = value;
  workgroupBarrier();
  if (local < FOLDERS) {
    var largest = value;
    for (var i = local + FOLDERS; i < THREADS; i += FOLDERS) {
      largest = max(largest, lanes[i]);
    }
    folded[local] = largest;
  }
  workgroupBarrier();
  var result = folded[0];
  for (var i = 1u; i < FOLDERS; i++) {
    result = max(result, folded[i]);
  }
  return result;
}

// Four sums at once.
fn workgroupSum4(local: u32, value: vec4f) -> vec4f {
  lanes4[local] = value;
  workgroupBarrier();
  if (local < FOLDERS) {
    var sum = vec4f();
    for (var i = local; i < THREADS; i += FOLDERS) {
      sum += lanes4[i];
    }
    folded4[local] = sum;
  }
  workgroupBarrier();
  var total = vec4f();
  for (var i = 0u; i < FOLDERS; i++) {
    total += folded4[i];
  }
  return total;
}
