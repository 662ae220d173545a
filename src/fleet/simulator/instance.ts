// One serving instance under continuous batching: admits by batch and KV room, mixes prompt chunks with decoding, preempts
// when the KV cache is full. Steps that differ only in context are taken in one leap. Knows no arrivals and no cluster.
import { EventQueue } from './event-queue.ts';
import type { StepLoad, StepTimeModel } from './step-time.ts';

export interface Request {
  readonly index: number;
  readonly arrivedAt: number;
  readonly promptTokens: number;
  readonly outputTokens: number;
  /** Prompt tokens still to compute before the next token; grows again when a preemption drops the cache. */
  prefillLeft: number;
  generated: number;
  /** Seconds; NaN until it happened. */
  admittedAt: number;
  firstTokenAt: number;
  finishedAt: number;
  preemptions: number;
  /** Step of the present instance at which the last token comes; NaN while not decoding. */
  finishStep: number;
}

export interface InstanceLimits {
  readonly maxBatch: number;
  /** Most tokens of one step, decoded and prompt together. */
  readonly chunkTokens: number;
  /** A prefill instance hands each request on after its first token. */
  readonly role: 'whole' | 'prefill';
}

/** Steps about to be taken: `steps` of decoding, or one with a prompt chunk in it. */
interface Leap {
  readonly startedAt: number;
  readonly steps: number;
  readonly endsAt: number;
  readonly load: StepLoad;
  readonly firstSeconds: number;
}

/** Share of the KV cache left free at admission, as vLLM's block manager does (watermark 0.01), against thrashing. */
const WATERMARK = 0.01;

export class Instance {
  readonly #model: StepTimeModel;
  readonly #limits: InstanceLimits;
  #waiting: Request[] = [];
  #waitingFrom = 0;
  #prefilling: Request[] = [];
  readonly #finishing = new EventQueue<Request>();
  /** In order of admission, so that the youngest is the first to be preempted. */
  readonly #running = new Set<Request>();
  /** Admitted without a prompt to compute, and without a token yet. */
  #untold: Request[] = [];
  #decoding = 0;
  #context = 0;
  #kvUsed = 0;
  #step = 0;
  #leap: Leap | null = null;
  tokensDecoded = 0;
  promptTokensComputed = 0;
  preemptions = 0;
  busySeconds = 0;

  constructor(model: StepTimeModel, limits: InstanceLimits) {
    this.#model = model;
    this.#limits = limits;
  }

  /** Requests here, waiting or running. */
  get outstanding(): number {
    return this.#running.size + this.#waiting.length - this.#waitingFrom;
  }

  /** When the steps under way end; Infinity when idle. */
  get boundary(): number {
    return this.#leap?.endsAt ?? Number.POSITIVE_INFINITY;
  }

  /** Whether a request of these lengths can ever finish here. */
  fits(promptTokens: number, outputTokens: number): boolean {
    return promptTokens + outputTokens <= this.#model.kvCapacityTokens * (1 - WATERMARK);
  }

  /** Takes a request at `now`; the boundary may come nearer by it. */
  enqueue(request: Request, now: number): void {
    this.#waiting.push(request);
    if (this.#leap === null) this.#start(now);
    else if (this.#waiting.length - this.#waitingFrom === 1 && this.#admits(request)) this.#cutAt(now);
  }

  /** Ends the steps under way, at the boundary, and starts the next. Returns the requests that leave. */
  advance(): Request[] {
    const leap = this.#leap!;
    const now = leap.endsAt;
    this.busySeconds += now - leap.startedAt;
    this.#step += leap.steps;
    const grown = leap.steps * this.#decoding;
    this.tokensDecoded += grown;
    this.#context += grown;
    this.#kvUsed += grown;
    const left = [...this.#finishDecoding(now), ...this.#computePrompts(leap.load.prefillTokens, now)];
    this.#start(now);
    return left;
  }

  #start(now: number): void {
    this.#admitWaiting(now);
    while (this.#decoding > 0 && this.#kvUsed + this.#decoding > this.#model.kvCapacityTokens) this.#preempt();
    this.#leap = this.#plan(now);
    if (this.#leap === null) return;
    for (const request of this.#untold) request.firstTokenAt = now + this.#leap.firstSeconds;
    this.#untold = [];
  }

  #plan(now: number): Leap | null {
    const load = this.#load();
    if (load.decodeRequests === 0 && load.prefillTokens === 0) return null;
    const firstSeconds = this.#model.stepSeconds(load);
    if (load.prefillTokens > 0) return { startedAt: now, steps: 1, endsAt: now + firstSeconds, load, firstSeconds };
    const room = Math.floor((this.#model.kvCapacityTokens - this.#kvUsed) / this.#decoding);
    const steps = Math.min(this.#nextFinish() - this.#step, room);
    const leap = { startedAt: now, steps, endsAt: now, load, firstSeconds };
    return { ...leap, endsAt: now + this.#seconds(leap, steps) };
  }

  /** Sum of the first `steps` steps of a leap: the mean of the first and the last, times their number. */
  #seconds({ load, firstSeconds }: Leap, steps: number): number {
    if (steps <= 1) return firstSeconds;
    const contextTokens = load.contextTokens + load.decodeRequests * (steps - 1);
    return (steps * (firstSeconds + this.#model.stepSeconds({ ...load, contextTokens }))) / 2;
  }

  /** Ends the leap at the first step boundary not before `now`. */
  #cutAt(now: number): void {
    const leap = this.#leap!;
    const elapsed = now - leap.startedAt;
    let [lo, hi] = [1, leap.steps];
    while (lo < hi) {
      const middle = (lo + hi) >> 1;
      if (this.#seconds(leap, middle) >= elapsed) hi = middle;
      else lo = middle + 1;
    }
    if (lo < leap.steps) this.#leap = { ...leap, steps: lo, endsAt: leap.startedAt + this.#seconds(leap, lo) };
  }

  #load(): StepLoad {
    let budget = Math.max(1, this.#limits.chunkTokens - this.#decoding);
    let [tokens, attended] = [0, 0];
    for (const request of this.#prefilling) {
      if (budget === 0) break;
      const chunk = Math.min(budget, request.prefillLeft);
      const before = request.promptTokens + request.generated - request.prefillLeft;
      attended += chunk * before + (chunk * (chunk + 1)) / 2;
      tokens += chunk;
      budget -= chunk;
    }
    return {
      decodeRequests: this.#decoding,
      contextTokens: this.#context,
      prefillTokens: tokens,
      prefillAttendedTokens: attended,
    };
  }

  #admits(request: Request): boolean {
    if (this.#running.size >= this.#limits.maxBatch) return false;
    const need = this.#kvUsed + this.#decoding + request.promptTokens + request.generated + 1;
    return need <= this.#model.kvCapacityTokens * (1 - WATERMARK);
  }

  #admitWaiting(now: number): void {
    while (this.#waitingFrom < this.#waiting.length) {
      const request = this.#waiting[this.#waitingFrom]!;
      if (!this.#admits(request)) break;
      this.#waitingFrom++;
      if (Number.isNaN(request.admittedAt)) request.admittedAt = now;
      this.#running.add(request);
      this.#kvUsed += request.promptTokens + request.generated;
      if (request.prefillLeft > 0) this.#prefilling.push(request);
      else this.#decode(request);
    }
    // Dropped in one piece, so that a queue costs the same however long it is.
    if (this.#waitingFrom > 1024 && 2 * this.#waitingFrom > this.#waiting.length) {
      this.#waiting = this.#waiting.slice(this.#waitingFrom);
      this.#waitingFrom = 0;
    }
  }

  #decode(request: Request): void {
    if (Number.isNaN(request.firstTokenAt)) this.#untold.push(request);
    this.#decoding++;
    this.#context += request.promptTokens + request.generated;
    request.finishStep = this.#step + request.outputTokens - request.generated;
    this.#finishing.push(request.finishStep, request);
  }

  /** Step of the next last token. Entries of requests preempted since are dropped. */
  #nextFinish(): number {
    while (this.#finishing.peek() && this.#finishing.peek()!.finishStep !== this.#finishing.firstKey)
      this.#finishing.pop();
    return this.#finishing.firstKey;
  }

  #finishDecoding(now: number): Request[] {
    const done: Request[] = [];
    while (this.#nextFinish() <= this.#step) {
      const request = this.#finishing.pop()!;
      request.generated = request.outputTokens;
      this.#stopDecoding(request);
      done.push(this.#release(request, now));
    }
    return done;
  }

  #computePrompts(tokens: number, now: number): Request[] {
    const left: Request[] = [];
    let budget = tokens;
    this.promptTokensComputed += tokens;
    while (budget > 0) {
      const request = this.#prefilling[0]!;
      const chunk = Math.min(budget, request.prefillLeft);
      request.prefillLeft -= chunk;
      budget -= chunk;
      if (request.prefillLeft > 0) break;
      this.#prefilling.shift();
      request.generated++;
      this.#kvUsed++;
      this.tokensDecoded++;
      if (Number.isNaN(request.firstTokenAt)) request.firstTokenAt = now;
      if (request.generated === request.outputTokens || this.#limits.role === 'prefill') {
        left.push(this.#release(request, now));
      } else this.#decode(request);
    }
    return left;
  }

  #stopDecoding(request: Request): void {
    this.#decoding--;
    this.#context -= request.promptTokens + request.generated;
    request.finishStep = Number.NaN;
  }

  #release(request: Request, now: number): Request {
    this.#running.delete(request);
    this.#kvUsed -= request.promptTokens + request.generated;
    if (request.generated === request.outputTokens) request.finishedAt = now;
    return request;
  }

  /** The youngest loses its cache and goes to the head of the queue, to compute prompt and tokens so far again. */
  #preempt(): void {
    const request = [...this.#running].at(-1)!;
    if (Number.isNaN(request.finishStep)) this.#prefilling.splice(this.#prefilling.indexOf(request), 1);
    else {
      request.generated = request.outputTokens - (request.finishStep - this.#step);
      this.#stopDecoding(request);
    }
    this.#running.delete(request);
    this.#kvUsed -= request.promptTokens + request.generated;
    request.prefillLeft = request.promptTokens + request.generated;
    request.preemptions++;
    this.preemptions++;
    if (this.#waitingFrom > 0) this.#waiting[--this.#waitingFrom] = request;
    else this.#waiting.unshift(request);
  }
}
