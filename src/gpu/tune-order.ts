// Which candidate of a tuning space to try next: the defaults first, best idea first, then the neighbours of what did well.
// Pure: knows no GPU and no clock.
import type { Params } from '../core/case-id.ts';

export interface Candidate {
  /** Case id of the tuned kernel. */
  readonly id: string;
  readonly variant: string;
  /** What it adds to the shape; empty for the variant's default. */
  readonly point: Params;
  /** Expected to be slow on this adapter, and slow to compile: tried after all others. */
  readonly late?: boolean;
}

/** A candidate that was tried: its time, ns, or null when it could not be timed. */
export interface Tried {
  readonly candidate: Candidate;
  readonly pilotNs: number | null;
}

/** Variants farther behind than this have their other points tried last. */
const IN_REACH = 1.5;

/** The untried candidate to try next; null when all were. `candidates` lists each variant's default first, the best idea last. */
export function nextCandidate(candidates: readonly Candidate[], tried: readonly Tried[]): Candidate | null {
  const done = new Set(tried.map(({ candidate }) => candidate.id));
  const open = candidates.filter(({ id }) => !done.has(id));
  const early = open.filter(({ late }) => !late);
  const left = early.length > 0 ? early : open;
  const seen = new Set(tried.map(({ candidate }) => candidate.variant));
  // Families list their ideas from naive to best.
  const fresh = left.findLast(({ variant }) => !seen.has(variant));
  if (fresh) return left.find(({ variant }) => variant === fresh.variant)!;
  if (left.length === 0) return null;
  const best = bestOf(tried);
  const variants = [...new Set(left.map(({ variant }) => variant))].map((variant) => {
    const own = tried.filter(({ candidate }) => candidate.variant === variant);
    const leader = bestOf(own);
    const behind = leader && best ? leader.pilotNs / best.pilotNs : Number.POSITIVE_INFINITY;
    // Variants in reach take turns, the more often the closer they are.
    const turn = (own.length + 1) * Math.min(behind, 1e3) ** 4 + (behind > IN_REACH ? 1e9 : 0);
    return { variant, leader, turn };
  });
  const { variant, leader } = variants.reduce((a, b) => (b.turn < a.turn ? b : a));
  const points = left.filter((item) => item.variant === variant);
  const from = leader?.candidate.point ?? {};
  return points.reduce((a, b) => (distance(b.point, from) < distance(a.point, from) ? b : a));
}

function bestOf(tried: readonly Tried[]): (Tried & { pilotNs: number }) | null {
  const timed = tried.filter((item): item is Tried & { pilotNs: number } => item.pilotNs !== null);
  return timed.length === 0 ? null : timed.reduce((a, b) => (b.pilotNs < a.pilotNs ? b : a));
}

/** Number of parameters in which two points differ. */
function distance(a: Params, b: Params): number {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).length;
}
