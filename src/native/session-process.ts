// One native session in a process of its own, the counterpart of a fresh browser: opens Dawn, runs the cases, tells its parent.
import type { ByteSource } from '../../models/files/byte-source.ts';
import { openModelFiles } from '../../models/files/model-files.ts';
import { orderCases } from '../core/case-order.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import { selectCases } from '../core/suites.ts';
import { assembleResultFile } from '../results/assemble.ts';
import type { ResultFile } from '../results/schema.ts';
import { toCases } from '../session/case-kind.ts';
import type { RunEvent } from '../session/events.ts';
import { fileDecoderCases } from '../session/file-decoders.ts';
import { runSession, type SessionCase } from '../session/run-session.ts';
import { acceptsNative, listNativeCases, NATIVE_KINDS } from './cases.ts';
import { nativeLane } from './decoder-lane.ts';
import { openFileSource } from './file-source.ts';
import { type NativeMachine, openNativeMachine } from './machine.ts';
import type { FromSession, LocatedModel, ToSession } from './session-protocol.ts';

/** Answers its parent until that goes away. Never resolves: the process ends with the parent's channel. */
export function serveNativeSession(): Promise<never> {
  const controller = new AbortController();
  let opened: Promise<{ machine: NativeMachine; options: Options; model: LocatedModel | null }> | null = null;
  const tell = (message: FromSession): void => void process.send?.(message);
  const answer = async (work: () => Promise<FromSession>): Promise<void> => {
    try {
      tell(await work());
    } catch (error) {
      tell({ type: 'failed', message: messageOf(error), exitCode: error instanceof UserError ? error.exitCode : null });
    }
  };
  // A terminal sends Ctrl+C to every process of the group; the parent cancels and waits for what is finished.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
  process.on('disconnect', () => process.exit());
  process.on('message', (message: ToSession) => {
    if (message.type === 'cancel') controller.abort();
    if (message.type === 'open') {
      const { options, model } = message;
      opened = openNativeMachine().then((machine) => ({ machine, options, model }));
      void answer(async () => {
        const { environment, timer } = (await opened!).machine;
        return { type: 'described', described: { environment, timer, problem: null } };
      });
    }
    if (message.type === 'start') {
      void answer(async () => {
        const { machine, options, model } = await opened!;
        const emit = (event: RunEvent): void => tell({ type: 'event', event });
        return { type: 'ended', file: await runNativeSession(machine, options, model, controller.signal, emit) };
      });
    }
  });
  return new Promise<never>(() => {});
}

/** Runs the model, or else the options' cases, on an opened machine; resolves also after the signal, with what was finished. */
export async function runNativeSession(
  machine: NativeMachine,
  options: Options,
  model: LocatedModel | null,
  signal: AbortSignal,
  emit: (event: RunEvent) => void,
): Promise<ResultFile> {
  const cases = model ? await modelCases(machine, options, model) : listedCases(machine, options);
  /** Held on to: one that gave no answer must not be let go. */
  const opened: NativeMachine[] = [machine];
  const reopen = async (): Promise<NativeMachine | null> => {
    const next = await openNativeMachine().catch(() => null);
    if (next) opened.push(next);
    return next;
  };
  const session = await runSession(machine, cases, {
    options,
    signal,
    emit,
    reopen,
    disturbance: () => null,
  });
  const { environment } = machine;
  return assembleResultFile({
    id: crypto.randomUUID(),
    createdAt: session.startedAt,
    environment,
    options,
    sessions: [session],
  });
}

function listedCases(machine: NativeMachine, options: Options): SessionCase[] {
  const ids = orderCases(selectCases(listNativeCases(), options, acceptsNative), options.seed, options.order);
  return toCases(NATIVE_KINDS, ids, machine, options);
}

async function modelCases(
  machine: NativeMachine,
  options: Options,
  { name, files }: LocatedModel,
): Promise<SessionCase[]> {
  const sources: ByteSource[] = [];
  for (const file of files) sources.push(await openFileSource(file.path, file.name));
  return fileDecoderCases(await openModelFiles(sources, name), nativeLane(), machine, options);
}
