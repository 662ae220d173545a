// Sorts slots (a token's choice of an expert) by expert and cuts each expert's run into tiles of TILE slots: one workgroup.
// Constants: SLOTS, EXPERTS, TILE, TILES (as many as there can be), THREADS, GRID_X, GROUPS. Workgroups: 1.
@group(0) @binding(0) var<storage, read> experts: array<u32>; // [slot]
@group(0) @binding(1) var<storage, read_write> order: array<u32>; // [SLOTS]: slots by expert
@group(0) @binding(2) var<storage, read_write> tiles: array<vec4u>; // [TILES]: expert, first place in order, slots (0: none)

var<workgroup> counts: array<atomic<u32>, EXPERTS>;
var<workgroup> cursors: array<atomic<u32>, EXPERTS>;
var<workgroup> used: u32;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
  if (id.y * GRID_X + id.x >= GROUPS) {
    return;
  }
  for (var slot = local; slot < SLOTS; slot += THREADS) {
    atomicAdd(&counts[min(experts[slot], EXPERTS - 1u)], 1u);
  }
  workgroupBarrier();
  for (var expert = local; expert < EXPERTS; expert += THREADS) {
    var place = 0u;
    var tile = 0u;
    for (var i = 0u; i < expert; i++) {
      let count = atomicLoad(&counts[i]);
      place += count;
      tile += (count + TILE - 1u) / TILE;
    }
    atomicStore(&cursors[expert], place);
    let count = atomicLoad(&counts[expert]);
    for (var done = 0u; done < count; done += TILE) {
      tiles[tile] = vec4u(expert, place + done, min(TILE, count - done), 0u);
      tile++;
    }
    if (expert == EXPERTS - 1u) { used = tile; }
  }
  workgroupBarrier();
  for (var tile = used + local; tile < TILES; tile += THREADS) {
    tiles[tile] = vec4u();
  }
  for (var slot = local; slot < SLOTS; slot += THREADS) {
    order[atomicAdd(&cursors[min(experts[slot], EXPERTS - 1u)], 1u)] = slot;
  }
}
