// One session: runs the planned cases in order, skips what the budget does not allow, keeps every finished row.

import { type CaseHooks, type CaseOutcome, unmeasured } from '../bench/outcome.ts';
import type { TextSoFar } from '../bench/text-stream.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import type { Warning } from '../core/warnings.ts';
import type { Row, Session } from '../results/schema.ts';
import type { RunEvent } from './events.ts';
import type { Machine } from './machine.ts';
import { type CountedWork, sealRest } from './seal.ts';
import { watchThrottling } from './sentinel.ts';
import { NoAnswer, patienceFor, watched } from './watchdog.ts';

/** A case ready to run: what it will take, and how to run it. Made afresh for each session. */
export interface SessionCase {
  readonly id: string;
  readonly kind: Row['kind'];
  /** Share of `--budget` it may take: 1 for a kernel. */
  readonly budgetShare: number;
  /** Expected seconds, from the rows finished so far. */
  estimate(rows: readonly Row[]): number;
  /** Why it need not run after the rows finished so far, or null; absent where it always runs. */
  spared?(rows: readonly Row[]): string | null;
  /** `rows` are those finished so far. */
  run(machine: Machine, hooks: CaseHooks, rows: readonly Row[]): Promise<CaseOutcome>;
  /** Work of an operation or a token as counted without running it; null or absent where nobody counts it. */
  readonly work?: CountedWork;
  /** Why a failure of this case is a known fault of others, or null. */
  readonly knownFault: string | null;
}

export interface SessionSettings {
  readonly options: Options;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /**
   * Opens the GPU again after it was lost or gave no answer; null when that fails. A device that gives no answer must be neither
   * destroyed nor let go: either waits for its work, without end.
   */
  readonly reopen: () => Promise<Machine | null>;
  readonly disturbance: () => string | null;
  /** Whether work is held back, as a hidden page's is; absent where it never is. */
  readonly isPaused?: () => boolean;
  /** Silence after which a case is given up; its own patience (watchdog.ts) but in tests. */
  readonly patienceMs?: number;
}

const PHASE_INTERVAL_MS = 250;
/** A machine on which so many cases gave no answer gives none any more. */
const MOST_SILENT = 3;
const REOPEN_LIMIT_MS = 60_000;

/** Resolves with the session whatever happens to single cases; state `cancelled` when the signal ended it. */
export async function runSession(
  firstMachine: Machine,
  cases: readonly SessionCase[],
  settings: SessionSettings,
): Promise<Session> {
  const { options, signal, emit } = settings;
  const began = performance.now();
  const session: Session = {
    id: crypto.randomUUID(),
    startedAt: new Date().toISOString(),
    state: 'running',
    timer: firstMachine.timer,
    hiddenMs: 0,
    order: cases.map((item) => item.id),
    rows: [],
    warnings: sessionWarnings(firstMachine),
  };
  let machine = firstMachine;
  let silent = 0;
  const planned = cases.map((item) => ({ id: item.id, estimateSeconds: item.estimate([]) }));
  emit({ type: 'planned', cases: planned, session: { ...session } });
  for (const [index, item] of cases.entries()) {
    if (signal.aborted) break;
    const rest = cases.slice(index);
    if (!session.sealed) {
      const sealed = await sealRest(session, rest, performance.now() - began);
      if (sealed) {
        session.sealed = sealed;
        emit({ type: 'sealed', sealed });
      }
    }
    const secondsLeft = secondsFor(rest, session.rows, options.budget);
    emit({ type: 'started', id: item.id, index, total: cases.length, secondsLeft });
    const startedMs = performance.now() - began;
    const ended = await runCase(machine, item, session.rows, settings);
    if (ended === null) break;
    const { outcome, isSilent } = ended;
    const row = toRow(item, outcome, startedMs, performance.now() - began - startedMs);
    session.rows.push(row);
    emit({ type: 'row', row, secondsLeft: secondsFor(cases.slice(index + 1), session.rows, options.budget) });
    if (isSilent || (await isLost(machine))) {
      if (isSilent) silent++;
      const next = silent < MOST_SILENT ? await reopenInTime(settings) : null;
      const how = isSilent ? ', which gave no answer' : '';
      const detail = `after ${item.id}${how}${next ? '' : ', and could not be opened again'}`;
      session.warnings.push({ name: 'adapter-changed', detail });
      if (!next) {
        session.state = 'crashed';
        break;
      }
      machine = next;
    }
  }
  const whole = !signal.aborted && session.state === 'running';
  const sentinel = !whole
    ? null
    : await watchThrottling(machine, cases.map(inSession(settings)), session.rows, settings);
  if (sentinel) {
    session.sentinel = sentinel.figure;
    session.warnings.push(...sentinel.warnings);
  }
  if (session.state === 'running') session.state = signal.aborted ? 'cancelled' : 'complete';
  emit({ type: 'done', session });
  return session;
}

interface Ended {
  readonly outcome: CaseOutcome;
  /** Given up, because it no longer answered. */
  readonly isSilent: boolean;
}

/** Null when the case was cancelled: half a case is no row. */
async function runCase(
  machine: Machine,
  item: SessionCase,
  rows: readonly Row[],
  settings: SessionSettings,
): Promise<Ended | null> {
  const { options, signal, emit, disturbance } = settings;
  const spared = item.spared?.(rows) ?? null;
  if (spared) return { outcome: unmeasured('skipped', spared), isSilent: false };
  const seconds = item.estimate(rows);
  const budget = options.budget * item.budgetShare;
  if (seconds > budget) {
    const reason = `estimated at ${seconds.toFixed(0)} s on this adapter, over the budget of ${budget} s (--budget)`;
    return { outcome: { ...unmeasured('skipped', reason), facts: { estimateSeconds: seconds } }, isSilent: false };
  }
  let lastPhase = Number.NEGATIVE_INFINITY;
  const phase = (name: string, fraction: number | null): void => {
    const now = performance.now();
    if (now - lastPhase < PHASE_INTERVAL_MS) return;
    lastPhase = now;
    emit({ type: 'phase', id: item.id, phase: name, fraction });
  };
  try {
    const text = (soFar: TextSoFar): void => emit({ type: 'text', id: item.id, ...soFar });
    const { run } = inSession(settings)(item);
    return { outcome: await run(machine, { signal, phase, disturbance, text }, rows), isSilent: false };
  } catch (error) {
    if (signal.aborted) return null;
    // A file that cannot be used is the caller's to hear about, not a row. One listed case of many ends no session.
    if (error instanceof UserError && item.kind === 'model') throw error;
    const reason = messageOf(error);
    return { outcome: unmeasured('error', reason), isSilent: error instanceof NoAnswer };
  }
}

/** The case as it runs in a session: for as long as it answers. */
function inSession({ isPaused = () => false, patienceMs }: SessionSettings) {
  return (item: SessionCase): Pick<SessionCase, 'id' | 'run'> => ({
    id: item.id,
    run: (machine, hooks, rows) => {
      const watch = { isPaused, patienceMs: patienceMs ?? patienceFor(item.estimate(rows)) };
      return watched((own) => item.run(machine, own, rows), hooks, watch);
    },
  });
}

async function reopenInTime({ reopen }: SessionSettings): Promise<Machine | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, REOPEN_LIMIT_MS, null);
  });
  const machine = await Promise.race([reopen(), limit]);
  clearTimeout(timer);
  return machine;
}

function toRow(item: SessionCase, outcome: CaseOutcome, startedMs: number, durationMs: number): Row {
  const known = (outcome.state === 'failed' || outcome.state === 'error') && item.knownFault !== null;
  return {
    id: item.id,
    kind: item.kind,
    ...outcome,
    ...(known ? { expectedFailure: true, reason: `${outcome.reason} (known: ${item.knownFault})` } : {}),
    startedMs,
    durationMs,
  };
}

function sessionWarnings({ adapter, timer, environment }: Machine): Warning[] {
  const warnings: Warning[] = [];
  if (adapter.isSoftware) warnings.push({ name: 'software-adapter' });
  if (!environment.crossOriginIsolated && environment.lane === 'browser') warnings.push({ name: 'not-isolated' });
  if (timer.kind === 'wall-slope') {
    warnings.push({ name: timer.quantumNs === null ? 'no-timestamps' : 'timer-disagrees', detail: timer.reason });
  }
  return warnings;
}

/** Seconds still to go: cases over the budget, or spared by what has run, will be skipped and cost nothing. */
function secondsFor(cases: readonly SessionCase[], rows: readonly Row[], budget: number): number {
  const running = cases.filter((item) => !item.spared?.(rows));
  const costs = running.map((item) => ({ seconds: item.estimate(rows), limit: budget * item.budgetShare }));
  return costs.reduce((sum, { seconds, limit }) => sum + (seconds > limit ? 0 : seconds), 0);
}

async function isLost(machine: Machine): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([machine.device.lost, Promise.resolve(pending)])) !== pending;
}
