// Which candidate of a tuning space to try next: the defaults first, best idea first, then the neighbours of what did well.
// Pure: knows no GPU and no clock.
import type { Params } from '../core/case-id.ts';

export interface Candidate {
  /** Case id of the tuned kernel. */
  readonly id: string;
  readonly variant: string;
  /** What it adds to the shape; empty for the variant's default. */
  readonly point: Params;
}

/** A candidate that was tried: its time, ns, or null when it could not be timed. */
export interface Tried {
  readonly candidate: Candidate;
  readonly pilotNs: number | null;
}

export interface NextCandidate {
  readonly candidate: Candidate;
  /** How many times the best time so far it may take, as far as its kin tell. */
  readonly slowerBy: number;
}

/** An idea not tried yet may be this much slower than the best one (one thread an element against a register tile). */
const UNKNOWN_IDEA = 10;
/** A point of a variant that was tried may be this much slower than the variant's best. */
const UNKNOWN_POINT = 3;
/** Variants farther behind than this have their other points tried last. */
const IN_REACH = 1.5;

/** The untried candidate to try next; null when all were. `candidates` lists each variant's default first, the best idea last. */
export function nextCandidate(candidates: readonly Candidate[], tried: readonly Tried[]): NextCandidate | null {
  const done = new Set(tried.map(({ candidate }) => candidate.id));
  const left = candidates.filter(({ id }) => !done.has(id));
  const best = bestOf(tried);
  const seen = new Set(tried.map(({ candidate }) => candidate.variant));
  // Families list their ideas from naive to best.
  const fresh = left.findLast(({ variant }) => !seen.has(variant));
  if (fresh) {
    const first = left.find(({ variant }) => variant === fresh.variant)!;
    return { candidate: first, slowerBy: UNKNOWN_IDEA };
  }
  if (left.length === 0) return null;
  const variants = [...new Set(left.map(({ variant }) => variant))].map((variant) => {
    const own = tried.filter(({ candidate }) => candidate.variant === variant);
    const leader = bestOf(own);
    const behind = leader && best ? leader.pilotNs / best.pilotNs : Number.POSITIVE_INFINITY;
    // Variants in reach take turns, the more often the closer they are.
    return {
      variant,
      leader,
      behind,
      turn: (own.length + 1) * Math.min(behind, 1e3) ** 4 + (behind > IN_REACH ? 1e9 : 0),
    };
  });
  const { variant, leader, behind } = variants.reduce((a, b) => (b.turn < a.turn ? b : a));
  const points = left.filter((item) => item.variant === variant);
  const from = leader?.candidate.point ?? {};
  const candidate = points.reduce((a, b) => (distance(b.point, from) < distance(a.point, from) ? b : a));
  return { candidate, slowerBy: Number.isFinite(behind) ? UNKNOWN_POINT * behind : UNKNOWN_IDEA };
}

function bestOf(tried: readonly Tried[]): (Tried & { pilotNs: number }) | null {
  const timed = tried.filter((item): item is Tried & { pilotNs: number } => item.pilotNs !== null);
  return timed.length === 0 ? null : timed.reduce((a, b) => (b.pilotNs < a.pilotNs ? b : a));
}

/** Number of parameters in which two points differ. */
function distance(a: Params, b: Params): number {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).length;
}
