// Finds the placement of a model's nodes by the runtime's profiler, or where that prints nothing by a session that refuses
// CPU nodes. Knows no model.
import type { OpenOptions } from './decoder-session.ts';
import { type Placement, placementFromProbe, placementFromProfile } from './placement.ts';

/** A session that can be profiled. */
export interface Profiled {
  takeProfile(): Promise<string[]>;
  close(): Promise<void>;
}

export interface PlacementSubject<S extends Profiled> {
  open(options: OpenOptions): Promise<S>;
  /** Runs the model; resolves with the number of runs made. */
  run(session: S): Promise<number>;
}

const PROVIDER = 'webgpu';

/** `nodes` is the node count of the file, used when the profile is silent. */
export async function findPlacement<S extends Profiled>(
  nodes: number,
  subject: PlacementSubject<S>,
): Promise<Placement> {
  const profiled = await subject.open({ profile: true });
  try {
    const runs = await subject.run(profiled);
    const placement = placementFromProfile(await profiled.takeProfile(), PROVIDER, runs);
    if (placement) return placement;
  } finally {
    await profiled.close();
  }
  return placementFromProbe(await opens(subject), nodes, PROVIDER);
}

async function opens<S extends Profiled>(subject: PlacementSubject<S>): Promise<boolean> {
  try {
    const session = await subject.open({ refuseCpu: true });
    await session.close();
    return true;
  } catch {
    return false;
  }
}
