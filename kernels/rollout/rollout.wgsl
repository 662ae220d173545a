// The fleet's Monte Carlo, one scenario a thread: deliveries, power, failures and pairing by site and quarter. Every
// decision is made in whole numbers, so that any processor makes the same; twin.ts is the same arithmetic on a CPU.
// Constants: SITES, QUARTERS, FACTOR_CALLS, FACTORS_N, STATES_N, RATES_N, GRID_X, and the place of every table: those of `ints`
// HEADER, NORMAL, TOTAL, MIDPOINT, LPX_PACE, MIDDLE_MIX, OLDER_POWER, MIDDLE_POWER, NEWER_POWER, LPX_POWER, SITE_POWER,
// LOCAL_POWER, SPARE, NETWORK, RAMP, LPX_RAMP, MIX_1, MIX_2, SITE_SHARES, MIX_ROW, PLANNED_POWER, ROW_RACKS, DIRECTORY, and those
// of `floats` DRIFT, SPECTRUM, EFA, DRIFT_REACHED, ROW_OLDER, ROW_MIDDLE, ROW_NEWER, ROW_ATTACHED. Needs philox.wgsl before it. Workgroups: ceil(count / 64).
@group(0) @binding(0) var<storage, read> ints: array<u32>;
@group(0) @binding(1) var<storage, read> floats: array<f32>;
@group(0) @binding(2) var<storage, read> columns: array<vec2u>;
@group(0) @binding(3) var<storage, read_write> states: array<f32>;
@group(0) @binding(4) var<storage, read_write> rates: array<f32>;
@group(0) @binding(5) var<storage, read_write> factors: array<i32>;

// Header words, in the order of HEADER_NAMES in layout.ts.
const FIRST = 0u;
const COUNT = 1u;
const SEED = 2u;
const GPUS = 3u;
const OLDER_DOMAIN = 4u;
const NEWER_DOMAIN = 5u;
const SHARED = 6u;
const OWN = 7u;
const SLIP_1 = 8u;
const SLIP_2 = 9u;
const SLIP_3 = 10u;
const ATTACHED = 11u;
const LIFTABLE = 12u;
const LEAST_RACKS = 13u;
const ROWS = 14u;

const KEY = 0x726f6c6cu;
const FACTORS = 0u;
const SITE = 1u;
const DOMAINS = 2u;

// ⌊a·b / 2^16⌋ of two u32, where that fits in 32 bits.
fn scaled(a: u32, b: u32) -> u32 {
  return (mul_hi(a, b) << 16u) | ((a * b) >> 16u);
}

// Straight inside each of 4096 cells of equal probability.
fn normal_of(word: u32) -> i32 {
  let cell = NORMAL + (word >> 20u);
  let lo = bitcast<i32>(ints[cell]);
  let hi = bitcast<i32>(ints[cell + 1u]);
  return lo + (((hi - lo) * i32((word >> 8u) & 0xfffu)) >> 12u);
}

fn at_z(place: u32, z: i32) -> i32 {
  let u = u32(z + 16384);
  let cell = min(u >> 9u, 63u);
  let lo = bitcast<i32>(ints[place + cell]);
  let hi = bitcast<i32>(ints[place + cell + 1u]);
  return lo + (((hi - lo) * i32(u - (cell << 9u))) >> 9u);
}

fn float_at_z(place: u32, z: i32) -> f32 {
  let u = u32(z + 16384);
  let cell = min(u >> 9u, 63u);
  let lo = floats[place + cell];
  let hi = floats[place + cell + 1u];
  return lo + (hi - lo) * (f32(u - (cell << 9u)) / 512.0);
}

fn at_time(place: u32, time: i32) -> u32 {
  let u = u32(clamp(time + 2048, 0, 8192));
  let cell = min(u >> 5u, 255u);
  let lo = bitcast<i32>(ints[place + cell]);
  let hi = bitcast<i32>(ints[place + cell + 1u]);
  return u32(lo + (((hi - lo) * i32(u - (cell << 5u))) >> 5u));
}

fn correlated(all_sites: i32, own: i32) -> i32 {
  return clamp((i32(ints[SHARED]) * all_sites + i32(ints[OWN]) * own) >> 12u, -16384, 16384);
}

// One word picks a column by its high part and decides between column and alias by its low part.
fn binomial(index: u32, word: u32) -> u32 {
  let start = ints[DIRECTORY + 2u * index];
  let size = ints[DIRECTORY + 2u * index + 1u];
  let column = mul_hi(word, size & 0xffffu);
  let fraction = word * (size & 0xffffu);
  let entry = columns[start + column];
  return (size >> 16u) + select(entry.y, column, fraction < entry.x);
}

fn serving(domains: u32, spare: u32, generation: u32, level: u32, words: vec4u) -> u32 {
  var down = 0u;
  for (var place = 0u; place < 4u; place++) {
    let digit = (domains >> (4u * place)) & 15u;
    if (digit != 0u) {
      down += binomial(((generation * 32u + level) * 4u + place) * 16u + digit, words[place]);
    }
  }
  return min(domains - scaled(domains, spare), domains - down);
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  let thread = (id.y * GRID_X + id.x) * 64u + local;
  if (thread >= ints[COUNT]) {
    return;
  }
  let scenario = ints[FIRST] + thread;
  let key = vec2u(ints[SEED], KEY);

  var z = array<i32, 4u * FACTOR_CALLS>();
  for (var call = 0u; call < FACTOR_CALLS; call++) {
    let words = philox(vec4u(scenario, call, 0u, FACTORS), key);
    for (var i = 0u; i < 4u; i++) {
      z[4u * call + i] = normal_of(words[i]);
      if (4u * call + i == Z_SERVING) {
        z[4u * call + i] = i32(mul_hi(words[i], ints[ROWS]));
      }
    }
  }
  for (var i = 0u; i < FACTORS_N; i++) {
    factors[thread * FACTORS_N + i] = z[i];
  }
  let gpus_here = scaled(ints[GPUS], u32(at_z(TOTAL, z[Z_TOTAL])));
  let midpoint = at_z(MIDPOINT, z[Z_MIDPOINT]);
  let mix = vec3u(0u, u32(at_z(MIX_1, z[Z_MIX])), u32(at_z(MIX_2, z[Z_MIX])));
  let middle_mix = u32(at_z(MIDDLE_MIX, z[Z_MIDDLE_MIX]));
  let older_power = u32(at_z(OLDER_POWER, z[Z_OLDER_POWER]));
  let middle_power = u32(at_z(MIDDLE_POWER, z[Z_OLDER_POWER]));
  let newer_power = u32(at_z(NEWER_POWER, z[Z_NEWER_POWER]));
  let lpx_power = u32(at_z(LPX_POWER, z[Z_LPX_POWER]));
  let sites_power = u32(at_z(SITE_POWER, z[Z_SITE_POWER]));
  let level = u32(min(31, (z[Z_FAILURES] + 16384) >> 10u));
  let spare = u32(at_z(SPARE, z[Z_SPARE]));
  let pace = at_z(LPX_PACE, z[Z_LPX_PACE]);
  let on_spectrum = u32(at_z(NETWORK, z[Z_NETWORK]));
  let drift = float_at_z(DRIFT, z[Z_DRIFT]);
  let row = u32(z[Z_SERVING]);
  let racks = ints[ROW_RACKS + row];
  let older_rate = floats[ROW_OLDER + row];
  let middle_rate = floats[ROW_MIDDLE + row];
  let newer_rate = floats[ROW_NEWER + row];
  let attached_rate = floats[ROW_ATTACHED + row];

  for (var site = 0u; site < SITES; site++) {
    let own = philox(vec4u(scenario, site, 0u, SITE), key);
    let z_slip = correlated(z[Z_SLIP], normal_of(own.x));
    let z_power = correlated(z[Z_SITE_POWER], normal_of(own.y));
    let spectrum = (own.z >> 16u) < on_spectrum;
    let slipped = select(0, 1, z_slip >= bitcast<i32>(ints[SLIP_1]))
      + select(0, 1, z_slip >= bitcast<i32>(ints[SLIP_2]))
      + select(0, 1, z_slip >= bitcast<i32>(ints[SLIP_3]));
    let share = ints[SITE_SHARES + site];
    let gpus = scaled(gpus_here, share);
    let local_power = u32(at_z(LOCAL_POWER, z_power));
    let network = select(float_at_z(EFA, z[Z_NETWORK_LOSS]), float_at_z(SPECTRUM, z[Z_NETWORK_LOSS]), spectrum);

    var before = 0u;
    var older = 0u;
    var middle = 0u;
    var newer = 0u;
    for (var q = 0u; q < QUARTERS; q++) {
      let end = i32(q + 1u) * 256;
      let delivered = scaled(gpus, at_time(RAMP, end - slipped * 256 - midpoint));
      let arrived = scaled(delivered - before, mix[ints[MIX_ROW + q]]);
      let later = scaled(delivered - before - arrived, middle_mix);
      older += delivered - before - arrived - later;
      middle += later;
      newer += arrived;
      before = delivered;

      let planned = scaled(ints[PLANNED_POWER + q], share);
      let cap = scaled(scaled(planned, sites_power), local_power);
      let older_powered = min(older / ints[OLDER_DOMAIN], cap / older_power);
      let left = cap - older_powered * older_power;
      let middle_powered = min(middle / ints[OLDER_DOMAIN], left / middle_power);
      let rest = left - middle_powered * middle_power;
      let newer_powered = min(newer / ints[NEWER_DOMAIN], rest / newer_power);

      var attached = scaled(ints[ATTACHED], at_time(LPX_RAMP, end - pace));
      let racks_each = scaled(attached, racks);
      var paired = (newer_powered * newer_power) / (newer_power + scaled(lpx_power, racks_each));
      var lpx_racks = scaled(paired, racks_each);
      if (lpx_racks < ints[LEAST_RACKS] || lpx_racks == 0u) {
        attached = 0u;
        paired = newer_powered;
        lpx_racks = 0u;
      }

      let older_words = philox(vec4u(scenario, site * QUARTERS + q, 0u, DOMAINS), key);
      let older_serving = serving(older_powered, spare, 0u, level, older_words);
      let newer_words = philox(vec4u(scenario, site * QUARTERS + q, 1u, DOMAINS), key);
      let newer_serving = serving(newer_powered, spare, 1u, level, newer_words);
      let paired_serving = serving(paired, spare, 1u, level, newer_words);

      let middle_words = philox(vec4u(scenario, site * QUARTERS + q, 2u, DOMAINS), key);
      let middle_serving = serving(middle_powered, spare, 0u, level, middle_words);

      let each = network * exp(drift * floats[DRIFT_REACHED + q]);
      let lifted = f32(min(attached, ints[LIFTABLE])) / 65536.0;
      let beside = newer_rate + lifted * (attached_rate - newer_rate);
      let s = (thread * QUARTERS + q) * STATES_N;
      let r = (thread * QUARTERS + q) * RATES_N;
      if (site == 0u) {
        for (var i = 0u; i < STATES_N; i++) {
          states[s + i] = 0.0;
        }
        for (var i = 0u; i < RATES_N; i++) {
          rates[r + i] = 0.0;
        }
      }
      states[s] += f32(older);
      states[s + 1u] += f32(middle);
      states[s + 2u] += f32(newer);
      states[s + 3u] += f32(older_powered);
      states[s + 4u] += f32(middle_powered);
      states[s + 5u] += f32(newer_powered);
      states[s + 6u] += f32(older_serving);
      states[s + 7u] += f32(middle_serving);
      states[s + 8u] += f32(newer_serving);
      states[s + 9u] += f32(paired_serving);
      states[s + 10u] += f32(lpx_racks);
      states[s + 11u] += f32(slipped);
      states[s + 12u] += select(0.0, 1.0, spectrum);
      rates[r] += f32(older_serving) * each * older_rate;
      rates[r + 1u] += f32(middle_serving) * each * middle_rate;
      rates[r + 2u] += f32(newer_serving) * each * newer_rate;
      rates[r + 3u] += f32(paired_serving) * each * beside;
    }
  }
}
