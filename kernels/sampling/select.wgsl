// The K best of `count` tokens, exactly: radix selection over (order, index), a digit of 8 bits of the order or 7 of the
// index a round. Since no two tokens share both, the K-th is one token, and the K best are those not below it.
// Joined behind order.wgsl, in front of a source of tokens: `fn tokenAt(i: u32) -> vec2u`, (order, index).
// Constants: K, THREADS (at least 256).
var<workgroup> bins: array<atomic<u32>, 256>;
var<workgroup> sums: array<u32, 16>;
var<workgroup> chosen: vec2u; // digit, tokens still wanted among those that have it
var<workgroup> taken: atomic<u32>;

const ROUNDS = 7u;

// Digit of a round: four of the order, then three of the index, lower indices first.
fn digitOf(token: vec2u, round: u32) -> u32 {
  if (round < 4u) { return (token.x >> (24u - 8u * round)) & 255u; }
  return 127u - ((token.y >> (14u - 7u * (round - 4u))) & 127u);
}

// Whether a token's first `round` digits are those of `limit`, and, with all rounds, whether it is not below it.
fn agrees(token: vec2u, limit: vec2u, round: u32) -> bool {
  if (round < 4u) { return round == 0u || (token.x >> (32u - 8u * round)) == (limit.x >> (32u - 8u * round)); }
  let shift = 21u - 7u * (round - 4u);
  return token.x == limit.x && (token.y >> shift) == (limit.y >> shift);
}
fn isChosen(token: vec2u, limit: vec2u) -> bool {
  return token.x > limit.x || (token.x == limit.x && token.y <= limit.y);
}

// The K-th best of tokenAt(0 … count − 1); count is at least K. All threads must call; all get the result.
fn kthBest(local: u32, count: u32) -> vec2u {
  var limit = vec2u();
  var wanted = K;
  for (var round = 0u; round < ROUNDS; round++) {
    if (local < 256u) { atomicStore(&bins[local], 0u); }
    workgroupBarrier();
    for (var i = local; i < count; i += THREADS) {
      let token = tokenAt(i);
      if (agrees(token, limit, round)) { atomicAdd(&bins[digitOf(token, round)], 1u); }
    }
    workgroupBarrier();
    if (local < 16u) {
      var sum = 0u;
      for (var i = 0u; i < 16u; i++) {
        sum += atomicLoad(&bins[16u * local + i]);
      }
      sums[local] = sum;
    }
    workgroupBarrier();
    if (local == 0u) {
      var left = wanted;
      var sixteen = 15u;
      while (sixteen > 0u && sums[sixteen] < left) {
        left -= sums[sixteen];
        sixteen--;
      }
      var digit = 16u * sixteen + 15u;
      while (digit > 0u && atomicLoad(&bins[digit]) < left) {
        left -= atomicLoad(&bins[digit]);
        digit--;
      }
      chosen = vec2u(digit, left);
    }
    let choice = workgroupUniformLoad(&chosen);
    wanted = choice.y;
    if (round < 4u) {
      limit.x |= choice.x << (24u - 8u * round);
    } else {
      limit.y |= (127u - choice.x) << (14u - 7u * (round - 4u));
    }
  }
  return limit;
}
