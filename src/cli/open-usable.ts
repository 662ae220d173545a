// Opens the page under one launch plan after the other until one gives the machine's GPU; the software adapter is the last resort.
import { EXIT, UserError } from '../core/errors.ts';
import { adapterName } from '../report/environment.ts';
import type { Described, HostEvent } from '../workers/api.ts';
import type { BrowserSource } from './browser-source.ts';
import type { LaunchPlan } from './launch-plans.ts';
import { openPageSession, type PageSession } from './page-session.ts';

/** What one plan gave. */
export interface Attempt {
  readonly plan: LaunchPlan;
  /** The adapter's name, or null. */
  readonly adapter: string | null;
  readonly isSoftware: boolean;
  /** The page's own words, when it had no adapter, or why the browser did not start. */
  readonly problem: string | null;
}

export interface UsablePage {
  /** Under the last plan tried; its adapter may still be missing. */
  readonly session: PageSession;
  readonly attempts: readonly Attempt[];
}

/** Settles on the first plan with a hardware adapter, else on the last one. Throws only when no plan starts a browser. */
export async function openUsablePage(
  source: BrowserSource,
  url: string,
  onEvent: (event: HostEvent) => void,
): Promise<UsablePage> {
  const attempts: Attempt[] = [];
  let failure: unknown = null;
  let session: PageSession | null = null;
  for (const plan of source.plans) {
    await session?.close();
    session = null;
    try {
      session = await openPageSession(source, plan, url, onEvent);
      attempts.push(attemptOf(plan, session.described));
      if (isHardware(session.described)) break;
    } catch (error) {
      failure = error;
      attempts.push({
        plan,
        adapter: null,
        isSoftware: false,
        problem: error instanceof Error ? error.message : String(error),
      });
    }
  }
  if (session) return { session, attempts };
  throw failure;
}

export function hasAdapter(
  described: Described,
): described is Described & { environment: NonNullable<Described['environment']> } {
  return described.problem === null && described.environment !== null;
}

function isHardware(described: Described): boolean {
  return hasAdapter(described) && !described.environment.adapter.isSoftware;
}

function attemptOf(plan: LaunchPlan, described: Described): Attempt {
  const adapter = hasAdapter(described) ? described.environment.adapter : null;
  return {
    plan,
    adapter: adapter && adapterName(adapter),
    isSoftware: adapter?.isSoftware ?? false,
    problem: described.problem,
  };
}

/** Throws a UserError (exit 4) when there is no adapter, or only a software one and a GPU is required. */
export function requireAdapter({ session, attempts }: UsablePage, requireGpu: boolean): void {
  const { described } = session;
  if (hasAdapter(described) && (!requireGpu || isHardware(described))) return;
  const tried = attempts.map(
    ({ plan, adapter, problem }) => `  ${plan.name} flags: ${adapter ?? problem ?? 'no adapter'}`,
  );
  throw new UserError(
    [
      requireGpu ? 'no hardware adapter, and --require-gpu was given' : 'no usable WebGPU adapter',
      ...tried,
      'Why: npm run doctor',
    ].join('\n'),
    EXIT.noAdapter,
  );
}
