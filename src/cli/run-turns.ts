// Runs two sides in turns of fresh browsers, ABBA, and keeps one file a side in which the pairs are marked. An interrupt ends
// the campaign and keeps what is finished.

import { type Options, queryFromOptions } from '../core/options.ts';
import { abbaTurns } from '../core/session-plan.ts';
import type { ResultFile, Session } from '../results/schema.ts';
import type { Arm } from './ab-arms.ts';
import { browserHost } from './browser-host.ts';
import type { BrowserSource } from './browser-source.ts';
import type { Io } from './io.ts';
import type { ResultStore } from './result-store.ts';
import { runSessions } from './run-sessions.ts';

export interface Side {
  readonly arm: Arm;
  /** Of the server of its page, with a closing slash. */
  readonly url: string;
  readonly store: ResultStore;
}

export interface TurnsRequest {
  readonly sides: readonly [Side, Side];
  readonly source: BrowserSource;
  readonly options: Options;
  readonly pairs: number;
  readonly io: Io;
}

export interface EndedTurns {
  /** Null where a side was interrupted before its first session ended. */
  readonly files: readonly [ResultFile | null, ResultFile | null];
  readonly interrupted: boolean;
}

export async function runTurns({ sides, source, options, pairs, io }: TurnsRequest): Promise<EndedTurns> {
  const files: [ResultFile | null, ResultFile | null] = [null, null];
  const campaign = crypto.randomUUID();
  const plans: [BrowserSource, BrowserSource] = [
    withFlags(source, sides[0].arm.flags),
    withFlags(source, sides[1].arm.flags),
  ];
  for (const { side, pair } of abbaTurns(pairs)) {
    const { arm, url, store } = sides[side];
    io.stderr.write(`pair ${pair + 1}/${pairs}: ${arm.label}\n`);
    // Both sessions of a pair shuffle their cases alike.
    const own = { ...options, sessions: 1, order: pair, ...(arm.filter.length > 0 ? { filter: arm.filter } : {}) };
    const query = queryFromOptions(own);
    const ended = await runSessions({
      host: browserHost(plans[side], `${url}?${query}`, own),
      options: own,
      openStore: inMemory,
      io,
    });
    const file = ended.recording?.file() ?? null;
    if (file) {
      files[side] = append(files[side], file, `${campaign}/${pair}`);
      plans[side] = settled(plans[side], file);
      await store.save(files[side]);
    }
    if (ended.interrupted) return { files, interrupted: true };
  }
  return { files, interrupted: false };
}

function append(soFar: ResultFile | null, file: ResultFile, blockId: string): ResultFile {
  const sessions: Session[] = file.sessions.map((session) => ({ ...session, blockId }));
  return soFar ? { ...soFar, sessions: [...soFar.sessions, ...sessions] } : { ...file, sessions };
}

function withFlags(source: BrowserSource, flags: readonly string[]): BrowserSource {
  return { ...source, plans: source.plans.map((plan) => ({ ...plan, flags: [...plan.flags, ...flags] })) };
}

/** Later sessions launch as the first one came to: trying the other plans again costs a launch each. */
function settled(source: BrowserSource, { environment }: ResultFile): BrowserSource {
  const used = source.plans.filter((plan) => plan.flags.join(' ') === environment.browser.flags.join(' '));
  return used.length > 0 ? { ...source, plans: used } : source;
}

/** A session's rows are safe in the side's own file as soon as it ends. */
function inMemory(): ResultStore {
  return { path: '', save: async () => {} };
}
