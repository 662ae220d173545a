// The discrete-event simulation of a group of serving instances: arrivals, routing, prompts computed in place or apart.
// Every request comes back with its times. Knows no hardware: step times come through StepTimeModel.
import { UserError } from '../../core/errors.ts';
import { createRng, type Rng, streamOf } from '../../core/rng.ts';
import { EventQueue } from './event-queue.ts';
import { Instance, type Request } from './instance.ts';
import { type LengthLaw, sampleLength } from './lengths.ts';
import type { StepTimeModel } from './step-time.ts';

export type Arrivals =
  | { readonly kind: 'poisson'; readonly perSecond: number }
  /** A fixed number of requests in flight; each that ends is followed by the next at once. */
  | { readonly kind: 'closed'; readonly concurrency: number }
  | { readonly kind: 'trace'; readonly requests: readonly TraceRequest[] };

export interface TraceRequest {
  /** Seconds from the start of the trace. */
  readonly at: number;
  readonly isl: number;
  readonly osl: number;
}

export type Layout =
  | { readonly kind: 'mixed'; readonly instances: number }
  /** Prompts on instances of their own; the cache then moves to a decode instance. */
  | {
      readonly kind: 'disaggregated';
      readonly prefill: number;
      readonly decode: number;
      readonly transferSecondsPerToken: number;
    };

export interface SimulationInput {
  readonly model: StepTimeModel;
  readonly layout: Layout;
  readonly maxBatch: number;
  /** Most tokens of one step, decoded and prompt together. */
  readonly chunkTokens: number;
  readonly arrivals: Arrivals;
  /** Not used by a trace, which brings its own. */
  readonly isl: LengthLaw;
  readonly osl: LengthLaw;
  /** Share of every prompt found in the prefix cache. */
  readonly prefixHitRate: number;
  readonly requests: number;
  readonly seed: number;
  /** Number of this repetition: each draws its own arrivals and lengths. */
  readonly replication: number;
}

export interface SimulationRun {
  /** By index. Every request ended. */
  readonly requests: readonly Readonly<Request>[];
  readonly gpus: number;
  readonly tokensDecoded: number;
  readonly promptTokensComputed: number;
  readonly preemptions: number;
  /** Share of the instances' time in which they had something to do. */
  readonly busyShare: number;
}

interface Source {
  /** Seconds of the request after the present one; null when none comes by itself. */
  next(): { readonly at: number; readonly isl: number; readonly osl: number } | null;
  /** A request that takes the place of one that ended at `now`. */
  replace(now: number): { readonly at: number; readonly isl: number; readonly osl: number } | null;
}

type Event =
  | { readonly kind: 'boundary'; readonly instance: number; readonly at: number }
  | { readonly kind: 'arrival'; readonly isl: number; readonly osl: number }
  | { readonly kind: 'moved'; readonly request: Request };

/** Runs until every request ended. A UserError names a request that can never fit in the KV cache. */
export function simulate(input: SimulationInput): SimulationRun {
  return new Cluster(input).run();
}

class Cluster {
  readonly #input: SimulationInput;
  readonly #entry: Instance[];
  readonly #decode: Instance[];
  readonly #all: Instance[];
  readonly #events = new EventQueue<Event>();
  readonly #requests: Request[] = [];
  readonly #source: Source;
  #now = 0;

  constructor(input: SimulationInput) {
    this.#input = input;
    const { layout, model, maxBatch, chunkTokens } = input;
    const make = (count: number, role: 'whole' | 'prefill'): Instance[] =>
      Array.from({ length: count }, () => new Instance(model, { maxBatch, chunkTokens, role }));
    const mixed = layout.kind === 'mixed';
    this.#decode = make(mixed ? layout.instances : layout.decode, 'whole');
    this.#entry = mixed ? this.#decode : make(layout.prefill, 'prefill');
    this.#all = mixed ? this.#decode : [...this.#entry, ...this.#decode];
    this.#source = sourceOf(input);
  }

  run(): SimulationRun {
    this.#schedule(this.#source.next());
    if (this.#input.arrivals.kind === 'closed') {
      for (let i = 1; i < this.#input.arrivals.concurrency; i++) this.#schedule(this.#source.next());
    }
    for (let at = this.#events.firstKey; this.#events.size > 0; at = this.#events.firstKey) {
      this.#now = at;
      this.#handle(this.#events.pop()!);
    }
    const sum = (pick: (instance: Instance) => number): number => this.#all.reduce((a, b) => a + pick(b), 0);
    return {
      requests: this.#requests,
      gpus: this.#all.length * this.#input.model.gpus,
      tokensDecoded: sum((instance) => instance.tokensDecoded),
      promptTokensComputed: sum((instance) => instance.promptTokensComputed),
      preemptions: sum((instance) => instance.preemptions),
      busyShare: this.#now > 0 ? sum((instance) => instance.busySeconds) / (this.#now * this.#all.length) : 0,
    };
  }

  #handle(event: Event): void {
    if (event.kind === 'arrival') {
      if (this.#input.arrivals.kind !== 'closed') this.#schedule(this.#source.next());
      this.#route(this.#arrive(event), this.#entry);
    } else if (event.kind === 'moved') this.#route(event.request, this.#decode);
    else {
      const instance = this.#all[event.instance]!;
      // An arrival since may have moved the boundary; its own event stands for it.
      if (instance.boundary !== event.at) return;
      for (const request of instance.advance()) this.#leave(request);
      this.#watch(event.instance);
    }
  }

  #arrive({ isl, osl }: { readonly isl: number; readonly osl: number }): Request {
    const index = this.#requests.length;
    if (!this.#decode[0]!.fits(isl, osl)) {
      const room = Math.floor(this.#input.model.kvCapacityTokens);
      throw new UserError(
        `request ${index} of ${isl} + ${osl} tokens does not fit in a KV cache of ${room}: use more GPUs or shorter lengths`,
      );
    }
    const prefillLeft = isl === 0 ? 0 : Math.max(1, Math.round(isl * (1 - this.#input.prefixHitRate)));
    const nothing = { generated: 0, admittedAt: Number.NaN, firstTokenAt: Number.NaN, finishedAt: Number.NaN };
    const request: Request = {
      index,
      arrivedAt: this.#now,
      promptTokens: isl,
      outputTokens: osl,
      prefillLeft,
      ...nothing,
      preemptions: 0,
      finishStep: Number.NaN,
    };
    this.#requests.push(request);
    return request;
  }

  /** To the instance with the fewest requests; the first of equals. */
  #route(request: Request, among: readonly Instance[]): void {
    let best = among[0]!;
    for (const instance of among) if (instance.outstanding < best.outstanding) best = instance;
    const before = best.boundary;
    best.enqueue(request, this.#now);
    if (best.boundary !== before) this.#watch(this.#all.indexOf(best));
  }

  #leave(request: Request): void {
    if (Number.isNaN(request.finishedAt)) {
      const { layout } = this.#input;
      const perToken = layout.kind === 'disaggregated' ? layout.transferSecondsPerToken : 0;
      this.#events.push(this.#now + request.promptTokens * perToken, { kind: 'moved', request });
      return;
    }
    if (this.#input.arrivals.kind === 'closed') this.#schedule(this.#source.replace(this.#now));
  }

  #watch(instance: number): void {
    const at = this.#all[instance]!.boundary;
    if (at < Number.POSITIVE_INFINITY) this.#events.push(at, { kind: 'boundary', instance, at });
  }

  #schedule(request: ReturnType<Source['next']>): void {
    if (request) this.#events.push(request.at, { kind: 'arrival', isl: request.isl, osl: request.osl });
  }
}

function sourceOf(input: SimulationInput): Source {
  const { arrivals, requests, seed, replication, isl, osl } = input;
  if (arrivals.kind === 'trace') {
    const ordered = [...arrivals.requests].sort((a, b) => a.at - b.at);
    let at = 0;
    return { next: () => ordered[at++] ?? null, replace: () => null };
  }
  // A stream each, so that another law of lengths leaves the arrivals as they were.
  const rng = (what: string): Rng => createRng(seed, streamOf(`simulator/${what}/${replication}`));
  const [gaps, prompts, outputs] = [rng('arrivals'), rng('isl'), rng('osl')];
  let [sent, clock] = [0, 0];
  const one = (at: number) =>
    sent++ < requests ? { at, isl: sampleLength(isl, prompts), osl: sampleLength(osl, outputs) } : null;
  if (arrivals.kind === 'closed') return { next: () => one(0), replace: one };
  const next = () => {
    clock -= Math.log(1 - gaps.uniform()) / arrivals.perSecond;
    return one(clock);
  };
  return { next, replace: () => null };
}
