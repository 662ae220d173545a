// The order of cases, probes first: inside a session the rest is interleaved by a seeded shuffle, in a table it is by name.
// Knows no family and no model.
import { createRng, shuffled } from './rng.ts';

/** The roofs that estimates and shares stand on, and the state of the machine before it is warm. */
const PROBES = ['kernel/stream/', 'kernel/fma/'];

/**
 * Probes in the order given, then everything else shuffled by seed and number of the session, so that what one case does to
 * the next (heat, caches, clocks) does not always hit the same one. Cases of one path keep their order among themselves:
 * the time estimate of a larger one leans on the smaller one before it.
 */
export function orderCases(ids: readonly string[], seed: number, session: number): string[] {
  const others = ids.filter((id) => !isProbe(id));
  const queues = new Map<string, string[]>();
  for (const id of others) queues.set(pathOf(id), [...(queues.get(pathOf(id)) ?? []), id]);
  const turns = shuffled(others.map(pathOf), createRng(seed, session));
  return [...ids.filter(isProbe), ...turns.map((path) => queues.get(path)!.shift()!)];
}

/**
 * Sorts ids for reading, whatever order they ran in: probes first, then by name, numbers by size. The runtimes of one model
 * at the same lengths stand together, as do the libraries at one shape.
 */
export function inReadingOrder<T extends { readonly id: string }>(items: readonly T[]): T[] {
  const collator = new Intl.Collator('en', { numeric: true });
  const rank = (id: string): number => {
    const probe = PROBES.findIndex((path) => id.startsWith(path));
    return probe < 0 ? PROBES.length : probe;
  };
  const keys = new Map(items.map(({ id }) => [id, readingKey(id)]));
  const byName = (a: T, b: T): number => collator.compare(keys.get(a.id)!, keys.get(b.id)!);
  return [...items].sort((a, b) => rank(a.id) - rank(b.id) || byName(a, b));
}

/** An id with the runtime behind the model and its lengths, and with what only an ONNX graph has left to the last. */
function readingKey(id: string): string {
  const [, kind, runtime, rest] = /^(model|file|llama-bench|peer)\/([^/:]+)\/(.+)$/.exec(id) ?? [];
  if (kind === undefined) return id;
  return `${kind}/${rest!.replace(/;attention=[^;]*/, '')}/${runtime} ${rest}`;
}

/** Whether an id, or the path of one, is of a case that measures a roof of the roofline rather than standing under it. */
export function isProbe(id: string): boolean {
  return PROBES.some((probe) => id.startsWith(probe));
}

function pathOf(id: string): string {
  return id.split(':', 1)[0]!;
}
