// The order of cases inside a session: probes first, the rest interleaved by a seeded shuffle. Knows no family and no model.
import { createRng, shuffled } from './rng.ts';

/** The roofs that estimates and shares stand on, and the state of the machine before it is warm. */
const PROBES = ['kernel/stream/', 'kernel/fma/'];

/**
 * Probes in the order given, then everything else shuffled by seed and number of the session, so that what one case does to
 * the next (heat, caches, clocks) does not always hit the same one. Cases of one path keep their order among themselves:
 * the time estimate of a larger one leans on the smaller one before it.
 */
export function orderCases(ids: readonly string[], seed: number, session: number): string[] {
  const isProbe = (id: string): boolean => PROBES.some((probe) => id.startsWith(probe));
  const others = ids.filter((id) => !isProbe(id));
  const queues = new Map<string, string[]>();
  for (const id of others) queues.set(pathOf(id), [...(queues.get(pathOf(id)) ?? []), id]);
  const turns = shuffled(others.map(pathOf), createRng(seed, session));
  return [...ids.filter(isProbe), ...turns.map((path) => queues.get(path)!.shift()!)];
}

function pathOf(id: string): string {
  return id.split(':', 1)[0]!;
}
