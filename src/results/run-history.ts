// Finished runs kept on this machine: what a list of them shows, and the store behind it. Where they are kept is the
// caller's business. Pure.
import { adapterText } from './comparability.ts';
import type { ResultFile } from './schema.ts';

export interface HistoryEntry {
  /** Of the result file. */
  readonly id: string;
  /** What a person calls it; at first the suite. */
  readonly name: string;
  /** RFC 3339, UTC. */
  readonly createdAt: string;
  readonly device: string;
  readonly build: string;
  readonly sessions: number;
  /** Rows of its first session. */
  readonly cases: number;
}

export interface RunHistory {
  /** Newest first. */
  list(): Promise<readonly HistoryEntry[]>;
  /** Throws a UserError when there is none of that id. */
  read(id: string): Promise<ResultFile>;
  /** Keeps a file, or the newer state of one already kept; a name given by a person stays. */
  keep(file: ResultFile): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export function entryFor(file: ResultFile, name: string = file.plan.suite): HistoryEntry {
  const { tool, environment, sessions } = file;
  return {
    id: file.id,
    name,
    createdAt: file.createdAt,
    device: environment.label ?? adapterText(environment),
    build: `${tool.commit?.slice(0, 7) ?? tool.version}${tool.dirty ? ' with local changes' : ''}`,
    sessions: sessions.length,
    cases: sessions[0]?.rows.length ?? 0,
  };
}
