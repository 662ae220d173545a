// The result file as it grows: sessions begin, gain rows and end, and after every step the file on disk is complete and valid.
import type { Options } from '../core/options.ts';
import { assembleResultFile } from '../results/assemble.ts';
import type { Environment, ResultFile, Row, Session } from '../results/schema.ts';
import type { HostEvent } from '../workers/api.ts';
import type { ResultStore } from './result-store.ts';

export class Recording {
  readonly #base: Omit<Parameters<typeof assembleResultFile>[0], 'sessions'>;
  readonly #finished: Session[] = [];
  #current: Session | null = null;
  #tool: ResultFile['tool'] | null = null;
  readonly #store: ResultStore;
  #saved: Promise<void> = Promise.resolve();

  /** `openStore` is given the file as it begins, which names it. */
  constructor(environment: Environment, options: Options, openStore: (first: ResultFile) => ResultStore) {
    this.#base = { id: crypto.randomUUID(), createdAt: new Date().toISOString(), environment, options };
    this.#store = openStore(this.file());
  }

  get path(): string {
    return this.#store.path;
  }

  file(): ResultFile {
    const sessions = this.#current ? [...this.#finished, this.#current] : this.#finished;
    const file = assembleResultFile({ ...this.#base, sessions });
    return this.#tool ? { ...file, tool: this.#tool } : file;
  }

  /** The page may be another build than this command line: what was measured is the page's. */
  builtBy(tool: ResultFile['tool']): void {
    this.#tool = tool;
  }

  /** Takes the run's events; anything that changes the file is written at once. */
  event(event: HostEvent): void {
    if (event.type === 'planned') this.#current = { ...event.session, state: 'running' };
    // Written before any row it predicts.
    if (event.type === 'sealed' && this.#current) {
      this.#current = { ...this.#current, sealed: event.sealed };
      this.#save();
    }
    if (event.type !== 'row' || !this.#current) return;
    this.#current = { ...this.#current, rows: [...this.#current.rows, event.row] };
    this.#save();
  }

  /** Ends the current session: with the page's own final account, or as it was last heard of. */
  async end(session: Session | null, state: Session['state']): Promise<void> {
    const last = session ?? this.#current;
    this.#current = null;
    if (last) this.#finished.push({ ...last, state });
    this.#save();
    await this.#saved;
  }

  /** Adds rows of other programs, run after the sessions, to the last of them. */
  async append(rows: readonly Row[]): Promise<void> {
    const last = this.#finished.pop();
    if (!last) return;
    this.#finished.push({ ...last, rows: [...last.rows, ...rows] });
    this.#save();
    await this.#saved;
  }

  #save(): void {
    this.#saved = this.#store.save(this.file());
    // Awaited by end(); until then a failed write must not end the process.
    this.#saved.catch(() => {});
  }
}
