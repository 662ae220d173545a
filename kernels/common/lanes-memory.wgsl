// Without subgroups: a unit's LANES threads add up in workgroup memory. All of a workgroup must call; every lane gets the
// sum. A call's last barrier separates its reads from the next call's writes. Constants: THREADS, LANES.
var<workgroup> shared4: array<vec4f, THREADS>;

fn unitSum4(local: u32, value: vec4f) -> vec4f {
  shared4[local] = value;
  workgroupBarrier();
  let first = local / LANES * LANES;
  var sum = vec4f();
  for (var i = 0u; i < LANES; i++) {
    sum += shared4[first + i];
  }
  workgroupBarrier();
  return sum;
}

fn unitSum(local: u32, value: f32) -> f32 {
  return unitSum4(local, vec4f(value)).x;
}
