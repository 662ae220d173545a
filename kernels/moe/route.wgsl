// The TOP experts of each token by their logits, best first, the lowest of equals, and their weights: one workgroup a
// token. Joined behind common/order.wgsl and common/reduce.wgsl. An expert's rank is the number of those before it.
// Constants: TOKENS, EXPERTS, TOP, GATE (0: softmax over all, as it stands; 1: softmax over the chosen; 2: logistic, over
// its sum among the chosen), THREADS, GRID_X, GROUPS. Workgroups: TOKENS, folded.
@group(0) @binding(0) var<storage, read> logits: array<f32>; // [token][EXPERTS]
@group(0) @binding(1) var<storage, read_write> experts: array<u32>; // [token][TOP]
@group(0) @binding(2) var<storage, read_write> weights: array<f32>; // [token][TOP]

var<workgroup> orders: array<u32, EXPERTS>;
var<workgroup> shares: array<f32, TOP>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let token = id.y * GRID_X + id.x;
  if (token >= GROUPS) {
    return;
  }
  var largest = -0x1.fffffep+127f;
  for (var i = local; i < EXPERTS; i += THREADS) {
    let logit = logits[token * EXPERTS + i];
    orders[i] = orderOf(bitcast<u32>(logit));
    largest = max(largest, logit);
  }
  let peak = workgroupMax(local, largest);
  var sum = 0.0;
  for (var i = local; i < EXPERTS; i += THREADS) {
    let logit = logits[token * EXPERTS + i];
    let power = exp(logit - peak);
    sum += power;
    var rank = 0u;
    for (var j = 0u; j < EXPERTS; j++) {
      if (orders[j] > orders[i] || (orders[j] == orders[i] && j < i)) { rank++; }
    }
    if (rank < TOP) {
      experts[token * TOP + rank] = i;
      shares[rank] = select(power, 1.0 / (1.0 + exp(min(-logit, 80.0))), GATE == 2u);
    }
  }
  let total = workgroupSum(local, sum);
  if (local < TOP) {
    var chosen = 0.0;
    for (var i = 0u; i < TOP; i++) {
      chosen += shares[i];
    }
    weights[token * TOP + local] = shares[local] / select(chosen, total, GATE == 0u);
  }
}
