// Chooses among the candidates of a tuning space within a time limit: opens and verifies them one by one, times each
// shortly, and races those in reach. Every candidate ends up in the table, with its time or the reason why it has none.
// Knows no GPU object: how a candidate is opened is handed in.
import type { Executor } from '../bench/executor.ts';
import type { TimerUse } from '../bench/measure.ts';
import type { TunedCandidate, TuningTable } from '../bench/outcome.ts';
import { perOperationNs, type Runner, race, type Standing } from '../bench/race.ts';
import { messageOf } from '../core/errors.ts';
import { type Candidate, nextCandidate, type Tried } from './tune-order.ts';

/** A candidate with its buffers and pipelines. */
export interface OpenedCandidate {
  readonly executor: Executor;
  /** ns that a part of one operation takes, about a PART of its workgroups. */
  part(): Promise<number>;
  /** Why its answer is wrong, or null. */
  verify(): Promise<string | null>;
  close(): void;
}

export interface TuneSettings {
  readonly timer: TimerUse;
  readonly budgetMs: number;
  /** How long to work before anything counts: an idle GPU's clocks are low. */
  readonly warmMs: number;
  readonly signal: AbortSignal;
  /** Candidates compiled at a time, so that a compiler may use several cores while nothing is timed. */
  readonly compiledAtOnce: number;
  readonly compile: (candidate: Candidate) => Promise<void>;
  /** Allocates. A rejection, here or of what it gives, is the candidate's, not the tuner's. */
  readonly open: (candidate: Candidate) => Promise<OpenedCandidate>;
  readonly phase: (name: string, fraction: number | null) => void;
  /** ms; performance.now but in tests. */
  readonly now?: () => number;
  /** Resolves after this long; setTimeout but in tests. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Share of the time for finding who is in reach; the rest is for telling them apart. */
const EXPLORING = 0.6;
/** Behind the best by more than this in a short trial: out of the race. */
const IN_REACH = 1.25;
const MOST_RUNNERS = 8;
/** Blocks the race's batches are sized for. */
const BLOCKS = 8;
const LONGEST_BATCH_NS = 10e6;
/** A trial's span: long enough to rank, short enough to try many. */
const TRIAL_NS = 2e6;
const QUANTA = 20;
const MOST_REPEATS = 4096;
/** Workgroups of a part, of all: little enough that even a hopeless kernel holds nobody up. */
export const PART = 1 / 16;
/** A part that takes this many times the best whole is hopeless, however the rest of it might do… */
const HOPELESS_PART = 1.5;
/** …if the timer can tell: a first launch shows its step, and what is only done once, as much as the kernel. */
const PART_QUANTA = 4;
const SHORTEST_HOPELESS_NS = 1e6;
/** No compile can be called off. One still going at the end of the exploring time is waited for this long at most. */
const STRAGGLER_MS = 30e3;
const SLICE_MS = 20;

interface Ready {
  readonly candidate: Candidate;
  readonly executor: Executor;
  readonly pilotNs: number;
  close(): void;
}

/** The table, `chosen` null when no candidate could be timed. Rejects with the signal's reason. */
export async function tune(candidates: readonly Candidate[], settings: TuneSettings): Promise<TuningTable> {
  const { now = () => performance.now(), timer, signal } = settings;
  const began = now();
  const search = new Search(candidates, settings, began, now);
  try {
    await search.explore();
    settings.phase('tuning race', null);
    const leftMs = search.leftMs(1);
    const runners = raceEntries(search.ready, settings, leftMs);
    const deadlineMs = now() + leftMs;
    const outcome = runners.length === 0 ? null : await race(runners, { timer, deadlineMs, now, signal });
    for (const standing of outcome?.standings ?? []) search.settle(standing.id, standingEntry(standing));
    const table = candidates.map(({ id }) => search.table.get(id)!);
    const confident = outcome?.ended === 'confident' && table.every(({ state }) => state !== 'untried');
    return {
      chosen: table.find(({ state }) => state === 'chosen')?.id ?? null,
      seconds: (now() - began) / 1e3,
      ended: confident ? 'confident' : 'deadline',
      candidates: table,
    };
  } finally {
    search.close();
  }
}

type Timed = Omit<Ready, 'candidate'>;
type Untimed = { readonly state: 'wrong' | 'slower' | 'error' | 'untried'; readonly reason: string };

/** The candidates as far as they were tried; those in reach stay open for the race, at most MOST_RUNNERS. */
class Search {
  readonly table = new Map<string, TunedCandidate>();
  ready: readonly Ready[] = [];
  readonly #candidates: readonly Candidate[];
  readonly #settings: TuneSettings;
  readonly #began: number;
  readonly #now: () => number;
  readonly #tried: Tried[] = [];
  /** ms spent on waiting for late compiles: nobody's time. */
  #waitedMs = 0;

  constructor(candidates: readonly Candidate[], settings: TuneSettings, began: number, now: () => number) {
    this.#candidates = candidates;
    this.#settings = settings;
    this.#began = began;
    this.#now = now;
  }

  /** Compiles and tries a few at a time until the exploring time is over, then notes the rest as untried. */
  async explore(): Promise<void> {
    for (let batch = this.#nextBatch(); batch.length > 0; batch = this.#nextBatch()) {
      this.#settings.signal.throwIfAborted();
      this.#settings.phase('tuning', Math.min(1, this.#tried.length / this.#candidates.length));
      const faults = await this.#compile(batch);
      for (const [i, next] of batch.entries()) this.#note(next, faults[i] ?? (await this.#try(next)));
    }
    for (const { id } of this.#candidates) {
      if (!this.table.has(id)) this.table.set(id, { id, state: 'untried', reason: 'no time left' });
    }
  }

  settle(id: string, entry: Partial<TunedCandidate>): void {
    this.table.set(id, { ...this.table.get(id)!, ...entry });
  }

  close(): void {
    for (const item of this.ready) item.close();
  }

  /** ms until this share of the time is over. */
  leftMs(share: number): number {
    return this.#began + this.#waitedMs + share * this.#settings.budgetMs - this.#now();
  }

  #bestNs(): number {
    return Math.min(...this.ready.map(({ pilotNs }) => pilotNs));
  }

  /** The next few; empty when the exploring time is over or nothing is left. */
  #nextBatch(): Candidate[] {
    const batch: Candidate[] = [];
    if (this.leftMs(EXPLORING) <= 0) return batch;
    const taken = [...this.#tried];
    while (batch.length < this.#settings.compiledAtOnce) {
      const candidate = nextCandidate(this.#candidates, taken);
      if (!candidate) break;
      batch.push(candidate);
      taken.push({ candidate, pilotNs: null });
    }
    return batch;
  }

  /**
   * What is wrong with each of them; null where it compiled in time. Nothing may be timed while something compiles, so the
   * late are waited for, in time that is not the tuner's; they are not tried.
   */
  async #compile(batch: readonly Candidate[]): Promise<(Untimed | null)[]> {
    const ends: (Untimed | null | undefined)[] = batch.map(() => undefined);
    const ended = batch.map(async (candidate, i) => {
      ends[i] = await this.#settings.compile(candidate).then(
        () => null,
        (error) => ({ state: 'error', reason: firstLine(error) }),
      );
    });
    await this.#waitFor(Promise.all(ended), this.leftMs(EXPLORING));
    const inTime = [...ends];
    const began = this.#now();
    await this.#waitFor(Promise.all(ended), STRAGGLER_MS);
    this.#waitedMs += this.#now() - began;
    return inTime.map((end, i) => (end === undefined ? lateCompile(ends[i] === undefined) : end));
  }

  /** Until it is there or `ms` have gone by. */
  async #waitFor(work: Promise<unknown>, ms: number): Promise<void> {
    const { signal, wait = delay } = this.#settings;
    const until = this.#now() + ms;
    let isDone = false;
    const done = work.then(() => {
      isDone = true;
    });
    // The first look waits for nothing: what is cached has compiled already.
    for (let slice = 0; !isDone && (slice === 0 || this.#now() < until); slice = SLICE_MS) {
      signal.throwIfAborted();
      await Promise.race([done, wait(slice)]);
    }
  }

  async #try(candidate: Candidate): Promise<Timed | Untimed> {
    let opened: OpenedCandidate | null = null;
    const out = (state: Untimed['state'], reason: string): Untimed => {
      opened?.close();
      return { state, reason };
    };
    try {
      if (this.ready.length > 0 && this.leftMs(EXPLORING) <= 0) return out('untried', 'no time left');
      opened = await this.#settings.open(candidate);
      const partNs = await opened.part();
      if (this.#isHopeless(partNs)) return out('slower', 'a part of it takes longer than the best does');
      if (partNs / PART > 1e6 * this.leftMs(1)) return out('untried', 'would take longer than the time left');
      const wrong = await opened.verify();
      if (wrong !== null) return out('wrong', wrong);
      if (this.ready.length === 0) await this.#warm(opened.executor);
      const { executor, close } = opened;
      return { executor, close, pilotNs: await pilot(executor, this.#bestNs(), this.#settings) };
    } catch (error) {
      this.#settings.signal.throwIfAborted();
      return out('error', firstLine(error));
    }
  }

  #isHopeless(partNs: number): boolean {
    const tellsNs = Math.max(SHORTEST_HOPELESS_NS, PART_QUANTA * this.#settings.timer.quantumNs);
    return partNs > Math.max(HOPELESS_PART * this.#bestNs(), tellsNs);
  }

  #note(candidate: Candidate, given: Timed | Untimed): void {
    const { id } = candidate;
    this.#tried.push({ candidate, pilotNs: 'pilotNs' in given ? given.pilotNs : null });
    if ('executor' in given) {
      this.table.set(id, { id, state: 'slower', trialNs: given.pilotNs });
      this.ready = closeOutOfReach([...this.ready, { candidate, ...given }]);
    } else this.table.set(id, { id, ...given });
  }

  async #warm(executor: Executor): Promise<void> {
    const until = this.#now() + this.#settings.warmMs;
    for (let count = 1; this.#now() < until; count = Math.min(64, 2 * count)) await executor.runBatch(count);
  }
}

function lateCompile(isStillGoing: boolean): Untimed {
  const reason = isStillGoing
    ? `was still compiling after ${STRAGGLER_MS / 1e3} s more, while others were timed`
    : 'took longer to compile than there was time';
  return { state: 'untried', reason };
}

function firstLine(error: unknown): string {
  return messageOf(error).split('\n', 1)[0]!;
}

function delay(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

/** ns an operation: the lower of two looks, the second over a span that the timer resolves. */
async function pilot(executor: Executor, bestNs: number, { timer }: TuneSettings): Promise<number> {
  const first = perOperationNs(await executor.runBatch(1), 1, timer);
  const spanNs = Math.max(TRIAL_NS, QUANTA * timer.quantumNs);
  if (first > spanNs && first > 2 * IN_REACH * bestNs) return first;
  let [count, seen] = [1, first];
  do {
    count = Math.min(MOST_REPEATS, Math.max(1, Math.ceil(spanNs / Math.max(seen, 1))));
    const perOpNs = perOperationNs(await executor.runBatch(count), count, timer);
    // A single short run shows the timer's step and the wait for completion as much as the kernel.
    seen = seen > spanNs ? Math.min(seen, perOpNs) : perOpNs;
  } while (seen * count < spanNs / 2 && count < MOST_REPEATS);
  return seen;
}

function closeOutOfReach(open: readonly Ready[]): Ready[] {
  const sorted = [...open].sort((a, b) => a.pilotNs - b.pilotNs);
  const kept = sorted.filter(({ pilotNs }, i) => i < MOST_RUNNERS && pilotNs <= IN_REACH * sorted[0]!.pilotNs);
  for (const item of sorted) if (!kept.includes(item)) item.close();
  return kept;
}

/** Batches such that BLOCKS blocks fit the time left, and that the timer resolves. */
function raceEntries(ready: readonly Ready[], { timer }: TuneSettings, leftMs: number): Runner[] {
  const shareNs = (Math.max(leftMs, 0) * 1e6) / (2 * BLOCKS * Math.max(1, ready.length));
  const spanNs = Math.max(Math.min(LONGEST_BATCH_NS, shareNs), QUANTA * timer.quantumNs);
  return ready.map(({ candidate, executor, pilotNs }) => {
    const count = Math.min(MOST_REPEATS, Math.max(1, Math.round(spanNs / Math.max(pilotNs, 1))));
    return { id: candidate.id, executor, count };
  });
}

function standingEntry({ blocks, state, ratio, interval }: Standing): Partial<TunedCandidate> {
  const sorted = [...blocks].sort((a, b) => a - b);
  const timeNs = (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
  return {
    state: state === 'first' ? 'chosen' : state,
    timeNs,
    blocks: blocks.length,
    ratio,
    ...(interval ? { ratioLo: interval.lo, ratioHi: interval.hi } : {}),
  };
}
