// The parent's side of a native session: starts its process, hears its events, and learns when it dies.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { UserError } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import type { ResultFile } from '../results/schema.ts';
import type { Described, RunEvent } from '../session/events.ts';
import type { FromSession, LocatedModel, ToSession } from './session-protocol.ts';

export interface NativeSession {
  readonly described: Described;
  /** Rejects with a UserError for a refused run, with another Error when the process dies. */
  start(): Promise<ResultFile>;
  cancel(): void;
  close(): Promise<void>;
}

/** How to start the process: an executable script and its arguments. */
export interface SessionCommand {
  readonly script: string;
  readonly args: readonly string[];
}

const LAST_WORDS = 2000;

/** Rejects with a UserError where there is no adapter, or no Dawn. */
export async function openNativeSession(
  { script, args }: SessionCommand,
  options: Options,
  model: LocatedModel | null,
  onEvent: (event: RunEvent) => void,
): Promise<NativeSession> {
  const child = fork(script, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const died = watchForDeath(child);
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  const answers = listen(child, onEvent);
  const say = (message: ToSession): void => {
    // A process that just died is told of by `died`.
    if (child.connected) child.send(message, () => {});
  };
  const ask = async <T extends FromSession['type']>(
    message: ToSession,
    wanted: T,
  ): Promise<FromSession & { type: T }> => {
    const answer = answers.next();
    say(message);
    const given = await Promise.race([answer, died]);
    if (given.type === 'failed') {
      throw given.exitCode === null ? new Error(given.message) : new UserError(given.message, given.exitCode);
    }
    if (given.type !== wanted) throw new Error(`the session answered '${given.type}' where '${wanted}' was due`);
    return given as FromSession & { type: T };
  };
  try {
    const { described } = await ask({ type: 'open', options, model }, 'described');
    return {
      described,
      start: async () => (await ask({ type: 'start' }, 'ended')).file,
      cancel: () => say({ type: 'cancel' }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Answers one by one; events go to their listener. */
function listen(
  child: ChildProcess,
  onEvent: (event: RunEvent) => void,
): { next(): Promise<Exclude<FromSession, { type: 'event' }>> } {
  let deliver: (message: Exclude<FromSession, { type: 'event' }>) => void = () => {};
  child.on('message', (message: FromSession) => {
    if (message.type === 'event') onEvent(message.event);
    else deliver(message);
  });
  return {
    next: () =>
      new Promise((resolve) => {
        deliver = resolve;
      }),
  };
}

/** Never resolves; rejects with the end of what the process wrote to stderr. Marked as handled: between calls nobody listens. */
function watchForDeath(child: ChildProcess): Promise<never> {
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const death = new Promise<never>((_, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `ended with code ${code}`;
      reject(new Error(`the session's process ${how}${words === '' ? '' : `\n${words.trim()}`}`));
    });
  });
  death.catch(() => {});
  return death;
}
