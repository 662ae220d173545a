// Finds, digit by digit, the order at which the weight of the tokens from the best downwards first reaches a goal. The
// histograms of one digit come from one dispatch; the next reads off the digit and counts the digit after.
// Joined behind order.wgsl. Constants: CHUNKS, SHARE (p in units of 2⁻³²), THREADS (256).
@group(0) @binding(1) var<storage, read> peaks: array<vec2u>; // [row][chunk]: order, index
@group(0) @binding(2) var<storage, read_write> bins: array<atomic<u32>>; // [row][round][256][2]: 64-bit weights
@group(0) @binding(3) var<storage, read_write> states: array<vec4u>; // [row][round]: digits so far, weight still wanted

var<workgroup> peak: atomic<u32>;
var<workgroup> bin: array<vec2u, 256>;
var<workgroup> sixteens: array<vec2u, 16>;
var<workgroup> state: vec4u;

// The order of a row's best token. All threads must call.
fn peakOf(row: u32, local: u32) -> u32 {
  for (var i = local; i < CHUNKS; i += THREADS) {
    atomicMax(&peak, peaks[row * CHUNKS + i].x);
  }
  workgroupBarrier();
  return atomicLoad(&peak);
}

// The state after the digit of `round`, from its histogram. All threads must call.
fn descended(row: u32, round: u32, local: u32) -> vec4u {
  let at = ((row * 4u + round) * 256u + local) * 2u;
  bin[local] = vec2u(atomicLoad(&bins[at]), atomicLoad(&bins[at + 1u]));
  workgroupBarrier();
  if (local < 16u) {
    var sum = vec2u();
    for (var i = 0u; i < 16u; i++) {
      sum = plus(sum, bin[16u * local + i]);
    }
    sixteens[local] = sum;
  }
  workgroupBarrier();
  if (local == 0u) {
    var before = states[row * 5u + round];
    if (round == 0u) {
      var total = vec2u();
      for (var i = 0u; i < 16u; i++) {
        total = plus(total, sixteens[i]);
      }
      let goal = share(total, SHARE);
      // The best token is kept whatever it weighs.
      before = vec4u(0u, select(goal, vec2u(1u, 0u), goal.x == 0u && goal.y == 0u), 0u);
    }
    var wanted = before.yz;
    var digit = 255u;
    while (digit >= 16u && !atLeast(sixteens[digit / 16u], wanted)) {
      wanted = minus(wanted, sixteens[digit / 16u]);
      digit -= 16u;
    }
    while (digit > 0u && !atLeast(bin[digit], wanted)) {
      wanted = minus(wanted, bin[digit]);
      digit--;
    }
    state = vec4u(before.x | (digit << (24u - 8u * round)), wanted, 0u);
  }
  return workgroupUniformLoad(&state);
}
