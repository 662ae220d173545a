// C = A·B for M of a few rows: each element of B is read once, for all M rows. Threads side by side take 4 columns each and
// every WK-th four of K; workgroup memory adds what the WK of one column found.
// Joined behind a-*.wgsl, b-*.wgsl and c-*.wgsl (loadA, loadB, storeC); unrolled over ROWS (M).
// Constants: M, N, K, ROWS, WX (threads across the columns), WK (threads along K), GRID_X, GROUPS. Workgroups: ceil(N / 4·WX), folded.
const THREADS = WX * WK;
var<workgroup> sums: array<vec4f, ROWS * THREADS>; // [row][k][column / 4]

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let group = id.y * GRID_X + id.x;
  if (group >= GROUPS) {
    return;
  }
  let col0 = group * WX * 4u;
  let col = col0 + local % WX * 4u;
  //! for r in 0..ROWS
  var c$r = vec4f();
  //! end
  for (var k = local / WX * 4u; k < K; k += 4u * WK) {
    let b = loadB(k, col);
    //! for r in 0..ROWS
    c$r += b * loadA($ru, k);
    //! end
  }
  //! for r in 0..ROWS
  sums[$ru * THREADS + local] = c$r;
  //! end
  workgroupBarrier();
  for (var i = local; i < ROWS * WX; i += THREADS) {
    let first = i / WX * THREADS + i % WX;
    var sum = vec4f();
    for (var k = 0u; k < WK; k++) {
      sum += sums[first + k * WX];
    }
    storeC(0u, i / WX, col0 + i % WX * 4u, sum);
  }
}
