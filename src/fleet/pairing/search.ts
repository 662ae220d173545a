// What a site and a serving unit are, and the search for the unit of most tokens per joule among layouts that are fast enough.
// Knows batches and limits, not how a step's time comes about.
import type { Architecture } from '../serving/catalogue.ts';
import type { Replica } from '../serving/step.ts';
import { type GpuSide, type Lengths, promptGpuSeconds } from './gpu-side.ts';
import type { LpuSide } from './lpu-side.ts';

export interface Speculation {
  /** Longest draft tried; 0 switches speculation off, on both sides. */
  readonly longest: number;
  /** Chance that a drafted token is accepted: by a head on the target's own layers, and by a model of its own. */
  readonly headAcceptance: number;
  readonly modelAcceptance: number;
  readonly draftModel: Architecture;
}

export interface Site {
  readonly model: Architecture;
  readonly lengths: Lengths;
  readonly gpu: GpuSide;
  readonly lpu: LpuSide;
  /** Site power, everything included. */
  readonly wattsPerGpu: number;
  readonly wattsPerRack: number;
  readonly speculation: Speculation;
}

/** GPUs and LPX racks that serve together; `racks` is 0 for GPUs alone. Fractions of a GPU are shared with other units. */
export interface Unit {
  readonly tokensPerSecond: number;
  /** Decoding, and computing prompts for it. */
  readonly decodeGpus: number;
  readonly promptGpus: number;
  readonly racks: number;
  readonly requests: number;
  readonly draftTokens: number;
  readonly microbatches: number;
  readonly tokenSeconds: number;
}

export function gpusOf({ decodeGpus, promptGpus }: Unit): number {
  return decodeGpus + promptGpus;
}

/** Output tokens per joule of site power. */
export function tokensPerJoule(site: Site, unit: Unit): number {
  return unit.tokensPerSecond / (gpusOf(unit) * site.wattsPerGpu + unit.racks * site.wattsPerRack);
}

export interface Candidate {
  readonly replica: Replica;
  readonly draftTokens: number;
  readonly microbatches: number;
  /** Groups of GPUs that decode together with the racks; 0 when no GPU decodes. */
  readonly groups: number;
  readonly racks: number;
  /** Tokens that a step yields per request. */
  readonly perStep: number;
  /** Requests of a group (of all racks, without groups) whose caches fit. */
  readonly room: number;
}

/** Keeps the best unit by tokens per joule among the candidates that are fast enough. */
export class Search {
  best: Unit | null = null;
  readonly #site: Site;
  readonly #tokensPerUser: number;
  /** GPU-seconds of prompt work per output token, which all candidates of a replica share. */
  readonly #prompts = new Map<Replica, number>();

  constructor(site: Site, tokensPerUser: number) {
    this.#site = site;
    this.#tokensPerUser = tokensPerUser;
  }

  /** `step`: seconds of a step with so many requests in a group, growing with them. Returns whether any number is fast enough. */
  consider(candidate: Candidate, step: (requests: number) => number): boolean {
    const { replica, groups, racks, perStep, draftTokens, microbatches, room } = candidate;
    // A group of attention replicas in data parallel has at least a request in each.
    const least = groups === 0 ? 1 : replica.layout.attentionDp;
    const requests = mostRequests(step, perStep / this.#tokensPerUser, least, room);
    if (requests === null) return false;
    const seconds = step(requests);
    const all = Math.max(1, groups) * requests;
    const tokensPerSecond = (all * perStep) / seconds;
    const unit: Unit = {
      tokensPerSecond,
      decodeGpus: groups * replica.layout.gpus,
      promptGpus: tokensPerSecond * this.#promptSeconds(replica),
      racks,
      requests: all,
      draftTokens,
      microbatches,
      tokenSeconds: seconds / perStep,
    };
    if (!this.best || tokensPerJoule(this.#site, unit) > tokensPerJoule(this.#site, this.best)) this.best = unit;
    return true;
  }

  #promptSeconds(replica: Replica): number {
    const seconds = this.#prompts.get(replica) ?? promptGpuSeconds(replica, this.#site.gpu);
    this.#prompts.set(replica, seconds);
    return seconds;
  }
}

/** Relative step of the batch at which its search ends, and rounds it never needs. */
const CLOSE = 1e-4;
const ROUNDS = 60;

/**
 * Most requests whose step ends within `limit` seconds and whose caches fit; null where `least` are too many already. Steps grow
 * nearly straight with their load: regula falsi with halved stale ends (Illinois) needs a handful of them.
 */
function mostRequests(step: (requests: number) => number, limit: number, least: number, room: number): number | null {
  if (!(room >= least)) return null;
  let [lo, below] = [least, step(least) - limit];
  if (below > 0) return null;
  let [hi, above] = [room, step(room) - limit];
  if (above <= 0) return room;
  let stale = 0;
  for (let i = 0; i < ROUNDS && hi - lo > CLOSE * lo; i++) {
    const middle = hi - (above * (hi - lo)) / (above - below);
    const here = step(middle) - limit;
    if (here <= 0) {
      // Close to the root from below is close enough: the answer must keep the limit.
      if (middle - lo < CLOSE * middle && stale < 0) return middle;
      [lo, below] = [middle, here];
      if (stale < 0) above /= 2;
      stale = -1;
    } else {
      [hi, above] = [middle, here];
      if (stale > 0) below /= 2;
      stale = 1;
    }
  }
  return lo;
}
