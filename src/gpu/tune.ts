// Chooses among the candidates of a tuning space within a time limit: opens and verifies them one by one, times each
// shortly, and races those in reach. Every candidate ends up in the table, with its time or the reason why it has none.
// Knows no GPU object: how a candidate is opened is handed in.
import type { Executor } from '../bench/executor.ts';
import type { TimerUse } from '../bench/measure.ts';
import type { TunedCandidate, TuningTable } from '../bench/outcome.ts';
import { perOperationNs, type Runner, race, type Standing } from '../bench/race.ts';
import { messageOf } from '../core/errors.ts';
import { type Candidate, nextCandidate, type Tried } from './tune-order.ts';

/** A candidate whose answer was found right, or why it is out. */
export type OpenedCandidate =
  | { readonly state: 'ready'; readonly executor: Executor; close(): void }
  | { readonly state: 'wrong' | 'illegal'; readonly reason: string };

export interface TuneSettings {
  readonly timer: TimerUse;
  readonly budgetMs: number;
  readonly signal: AbortSignal;
  /** Compiles, verifies. A rejection is the candidate's, not the tuner's. */
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
/** An idle GPU's clocks are low: the first candidate in works this long before anything counts. */
const WARM_MS = 100;

interface Ready {
  readonly candidate: Candidate;
  readonly executor: Executor;
  readonly pilotNs: number;
  close(): void;
}

/** The table, `chosen` null when no candidate could be timed. Rejects with the signal's reason. */
export async function tune(candidates: readonly Candidate[], settings: TuneSettings): Promise<TuningTable> {
  const now = settings.now ?? (() => performance.now());
  const began = now();
  const table = new Map<string, TunedCandidate>();
  const ready = await explore(candidates, settings, now, began, table);
  try {
    settings.phase('tuning race', null);
    const runners = raceEntries(ready, settings, began + settings.budgetMs - now());
    const outcome =
      runners.length === 0
        ? null
        : await race(runners, {
            timer: settings.timer,
            deadlineMs: began + settings.budgetMs,
            now,
            signal: settings.signal,
          });
    for (const standing of outcome?.standings ?? []) {
      table.set(standing.id, { ...table.get(standing.id)!, ...standingEntry(standing) });
    }
    const chosen = outcome?.standings.find(({ state }) => state === 'first')?.id ?? null;
    const ended = outcome?.ended === 'confident' && [...table.values()].every(({ state }) => state !== 'untried');
    return {
      chosen,
      seconds: (now() - began) / 1e3,
      ended: ended ? 'confident' : 'deadline',
      candidates: candidates.map(({ id }) => table.get(id)!),
    };
  } finally {
    for (const item of ready) item.close();
  }
}

/** Tries candidates until the exploring time is over; those in reach stay open, at most MOST_RUNNERS. */
async function explore(
  candidates: readonly Candidate[],
  settings: TuneSettings,
  now: () => number,
  began: number,
  table: Map<string, TunedCandidate>,
): Promise<Ready[]> {
  const exploringMs = settings.budgetMs * EXPLORING;
  const tried: Tried[] = [];
  let open: Ready[] = [];
  try {
    for (let next = nextCandidate(candidates, tried); next; next = nextCandidate(candidates, tried)) {
      settings.signal.throwIfAborted();
      const { candidate, slowerBy } = next;
      const leftMs = exploringMs - (now() - began);
      const best = Math.min(...open.map(({ pilotNs }) => pilotNs));
      const riskMs = slowerBy === null ? 0 : (slowerBy * best) / 1e6;
      settings.phase('tuning', Math.min(1, tried.length / candidates.length));
      const given =
        leftMs <= 0 || riskMs > settings.budgetMs - (now() - began)
          ? ({
              state: 'untried',
              reason: leftMs <= 0 ? 'no time left' : 'might take longer than the time left',
            } as const)
          : await trial(candidate, best, settings, settings.budgetMs - (now() - began), now);
      tried.push({ candidate, pilotNs: 'pilotNs' in given ? given.pilotNs : null });
      if (!('executor' in given)) {
        table.set(candidate.id, { id: candidate.id, ...given });
        continue;
      }
      table.set(candidate.id, { id: candidate.id, state: 'slower', trialNs: given.pilotNs });
      open.push({ candidate, ...given });
      open = closeOutOfReach(open);
    }
    return open;
  } catch (error) {
    for (const item of open) item.close();
    throw error;
  }
}

type Trial =
  | Omit<Ready, 'candidate'>
  | { readonly state: 'wrong' | 'illegal' | 'error' | 'untried'; readonly reason: string };

async function trial(
  candidate: Candidate,
  bestNs: number,
  settings: TuneSettings,
  leftMs: number,
  now: () => number,
): Promise<Trial> {
  try {
    const opened = await openInTime(settings, candidate, leftMs);
    if (opened.state !== 'ready') return opened;
    try {
      if (!Number.isFinite(bestNs)) await warm(opened.executor, now);
      const pilotNs = await pilot(opened.executor, bestNs, settings);
      return { executor: opened.executor, pilotNs, close: opened.close };
    } catch (error) {
      opened.close();
      throw error;
    }
  } catch (error) {
    settings.signal.throwIfAborted();
    return { state: 'error', reason: messageOf(error).split('\n', 1)[0]! };
  }
}

/** A compiler that takes longer than all that is left is not waited for; what it makes in the end is thrown away. */
async function openInTime(
  { open, wait = (ms) => new Promise((done) => setTimeout(done, ms)) }: TuneSettings,
  candidate: Candidate,
  leftMs: number,
): Promise<OpenedCandidate | { readonly state: 'untried'; readonly reason: string }> {
  const opening = open(candidate);
  const first = await Promise.race([opening, wait(leftMs).then(() => null)]);
  if (first) return first;
  opening.then((late) => late.state === 'ready' && late.close()).catch(() => {});
  return { state: 'untried', reason: 'was not compiled and verified in the time left' };
}

async function warm(executor: Executor, now: () => number): Promise<void> {
  const until = now() + WARM_MS;
  for (let count = 1; now() < until; count = Math.min(64, 2 * count)) await executor.runBatch(count);
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
