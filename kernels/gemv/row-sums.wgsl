// One thread's share of four neighbouring rows of W·x: every THREADS-th vec4f of each row, so that a workgroup reads
// whole cache lines and each x is used four times. Joined behind access-*.wgsl (loadW, loadX).
// Constants: K, THREADS.
const VECTORS = (K + 3u) / 4u;

// Component i belongs to row + i.
fn shareOfRows(row: u32, local: u32) -> vec4f {
  var s0 = vec4f();
  var s1 = vec4f();
  var s2 = vec4f();
  var s3 = vec4f();
  for (var k4 = local; k4 < VECTORS; k4 += THREADS) {
    let value = loadX(k4);
    s0 += loadW(row, k4) * value;
    s1 += loadW(row + 1u, k4) * value;
    s2 += loadW(row + 2u, k4) * value;
    s3 += loadW(row + 3u, k4) * value;
  }
  return vec4f(s0.x + s0.y + s0.z + s0.w, s1.x + s1.y + s1.z + s1.w, s2.x + s2.y + s2.z + s2.w, s3.x + s3.y + s3.z + s3.w);
}

fn storeRows(row: u32, sums: vec4f) {
  for (var i = 0u; i < 4u; i++) {
    if (row + i < N) {
      y[row + i] = sums[i];
    }
  }
}
