// Runs one session after the other, each launched afresh, and records it; an interrupt ends the run and keeps what is finished.
import { messageOf, UserError } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import { countSessions, type SessionPreset } from '../core/session-plan.ts';
import { adapterName, softwareLabel } from '../report/environment.ts';
import type { Environment, ResultFile } from '../results/schema.ts';
import type { HostEvent } from '../workers/api.ts';
import { type Interruption, watchInterrupts } from './interruption.ts';
import type { Io } from './io.ts';
import { type ProgressDisplay, showProgress } from './progress.ts';
import { Recording } from './recording.ts';
import type { ResultStore } from './result-store.ts';
import type { RunningSession, SessionHost } from './session-host.ts';

export interface SessionsRequest {
  readonly host: SessionHost;
  readonly options: Options;
  /** Where the file goes; given the file as it begins. */
  readonly openStore: (first: ResultFile) => ResultStore;
  readonly io: Io;
}

export interface EndedRun {
  /** Null when the interrupt came before anything was planned. */
  readonly recording: Recording | null;
  readonly interrupted: boolean;
}

/** A session that does not answer cancel() within this is left behind; every finished row is in the file anyway. */
const CANCEL_LIMIT_MS = 20_000;

export async function runSessions({ host, options, openStore, io }: SessionsRequest): Promise<EndedRun> {
  const interruption = watchInterrupts(io);
  let recording: Recording | null = null;
  // Known when the first session has said what adapter it has.
  let total: number | null = options.sessions || null;
  try {
    for (let number = 1; number <= (total ?? 1) && !interruption.came; number++) {
      const display = showProgress(io.stderr, progressPrefix(options.label, number, total));
      const onEvent = (event: HostEvent): void => {
        display.event(event);
        recording?.event(event);
      };
      let session: RunningSession | null = null;
      try {
        session = await unlessInterrupted(host.open(options.order + number - 1, onEvent), interruption);
        if (!session) break;
        const { environment } = session;
        if (!recording) display.note(headLine(environment));
        total ??= sessionsFor(environment, options, display);
        recording ??= new Recording(environment, options, openStore);
        const ended = await runOne(session, recording, interruption, display);
        if (!ended) break;
      } finally {
        display.stop();
        await session?.close();
      }
    }
    return { recording, interrupted: interruption.came };
  } finally {
    interruption.stop();
  }
}

/** The opened session, or null when the interrupt came first; it is then closed as soon as it is up. */
async function unlessInterrupted(
  opening: Promise<RunningSession>,
  interruption: Interruption,
): Promise<RunningSession | null> {
  const first = await Promise.race([opening, interruption.arrival]);
  if (first) return first;
  await opening.then((session) => session.close()).catch(() => {});
  return null;
}

/** Runs and records one session. False when it did not come to its end, so that no further one is begun. */
async function runOne(
  session: RunningSession,
  recording: Recording,
  interruption: Interruption,
  display: ProgressDisplay,
): Promise<boolean> {
  const run = session.start();
  try {
    const file = await Promise.race([run, interruption.arrival]);
    if (file) {
      const last = file.sessions.at(-1) ?? null;
      recording.builtBy(file.tool);
      await recording.end(last, last?.state ?? 'complete');
      return true;
    }
    display.note('cancelling …');
    await recording.end(await cancelled(session, run), 'interrupted');
    return false;
  } catch (error) {
    // Refused input is told by main(); rows of earlier sessions are already on disk.
    if (error instanceof UserError) throw error;
    display.note(`the run ended early: ${messageOf(error)}`);
    await recording.end(null, 'crashed');
    return false;
  }
}

/** The session as it is left after cancel(), or null when it does not answer in time. */
async function cancelled(
  session: RunningSession,
  run: Promise<ResultFile>,
): Promise<ResultFile['sessions'][number] | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, CANCEL_LIMIT_MS, null);
  });
  const ending = session
    .cancel()
    .then(() => run)
    .catch(() => null);
  const file = await Promise.race([ending, limit]);
  clearTimeout(timer);
  return file?.sessions.at(-1) ?? null;
}

function sessionsFor({ adapter }: Environment, options: Options, display: ProgressDisplay): number {
  const { sessions, because } = countSessions(options.sessions, options.preset as SessionPreset, adapter.isSoftware);
  if (because) display.note(because);
  return sessions;
}

/** What tells this line of progress from those of other devices and sessions. */
function progressPrefix(label: string, number: number, total: number | null): string {
  const device = label === '' ? '' : `${label} `;
  return total !== null && total > 1 ? `${device}session ${number}/${total} ` : device;
}

function headLine(environment: Environment): string {
  const { adapter, browser } = environment;
  const label = softwareLabel(environment);
  return `${adapterName(adapter)} · ${browser.name} ${browser.version}${label ? `\n${label}` : ''}`;
}
