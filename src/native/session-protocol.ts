// What a command line and the process of one native session say to each other. Plain data: it crosses between processes.
import type { ExitCode } from '../core/errors.ts';
import type { Options } from '../core/options.ts';
import type { ResultFile } from '../results/schema.ts';
import type { Described, RunEvent } from '../session/events.ts';

/** The files of a model on this machine, and what to call it. */
export interface LocatedModel {
  readonly name: string;
  readonly files: readonly { readonly name: string; readonly path: string }[];
}

export type ToSession =
  /** `model`: measured in place of the options' cases. */
  | { readonly type: 'open'; readonly options: Options; readonly model: LocatedModel | null }
  | { readonly type: 'start' }
  | { readonly type: 'cancel' };

export type FromSession =
  | { readonly type: 'described'; readonly described: Described }
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'ended'; readonly file: ResultFile }
  /** `exitCode`: a UserError's, whose class does not survive the way between processes; null for any other error. */
  | { readonly type: 'failed'; readonly message: string; readonly exitCode: ExitCode | null };
