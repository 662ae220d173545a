// One browser launch with the page open in it: its events, its automation surface, and the news that it died.
import type { Page } from 'playwright';
import { EXIT, messageOf, UserError } from '../core/errors.ts';
import type { ResultFile } from '../results/schema.ts';
import type { Described, HostEvent, PageAutomation } from '../workers/api.ts';
import type { BrowserSource } from './browser-source.ts';
import type { LaunchPlan } from './launch-plans.ts';

type AutomatedGlobal = typeof globalThis & { readonly fleetmark: PageAutomation };

/** Opening the adapter and probing its timer takes seconds; this long means that it hangs. */
const DESCRIBE_LIMIT_MS = 180_000;

export interface PageSession {
  readonly plan: LaunchPlan;
  /** What the browser was really started with. */
  readonly flags: readonly string[];
  readonly described: Described;
  /** Version as the browser itself gives it, e.g. `156.0.8078.79`. */
  readonly browserVersion: string;
  /** Runs with the address's options. Rejects with a UserError for a refused run, with another Error when page or browser die. */
  start(): Promise<ResultFile>;
  cancel(): Promise<void>;
  conformance: PageAutomation['conformance'];
  checkRuntime: PageAutomation['checkRuntime'];
  close(): Promise<void>;
}

/** Launches, opens the page at `url` and waits until it has described the adapter. */
export async function openPageSession(
  source: BrowserSource,
  plan: LaunchPlan,
  url: string,
  onEvent: (event: HostEvent) => void,
): Promise<PageSession> {
  const running = await source.start(plan);
  try {
    // Without a viewport of Playwright's, so that nothing is emulated.
    const page = await running.browser.newPage({ viewport: null });
    const death = watchForDeath(page);
    const problems = collectProblems(page);
    const call = <K extends keyof PageAutomation>(
      method: K,
      ...args: Parameters<PageAutomation[K]>
    ): Promise<Awaited<ReturnType<PageAutomation[K]>>> => Promise.race([callPage(page, method, args), death]);
    // In place before the page loads: it tells only a host that is there.
    await page.exposeFunction('fleetmarkHost', onEvent);
    await page.goto(url, { timeout: DESCRIBE_LIMIT_MS });
    return {
      plan,
      flags: running.flags,
      described: await described(call('describe'), problems),
      browserVersion: running.browser.version(),
      start: () => call('start'),
      cancel: () => call('cancel'),
      conformance: (...args) => call('conformance', ...args),
      checkRuntime: (...args) => call('checkRuntime', ...args),
      close: running.close,
    };
  } catch (error) {
    await running.close();
    throw error;
  }
}

/** Never resolves. Marked as handled: between two calls nobody listens. */
function watchForDeath(page: Page): Promise<never> {
  const death = new Promise<never>((_, reject) => {
    page.on('crash', () => reject(new Error('the page crashed')));
    page
      .context()
      .browser()
      ?.on('disconnected', () => reject(new Error('the browser ended')));
  });
  death.catch(() => {});
  return death;
}

/** What the page complained of, for the error that follows when it never gets ready. */
function collectProblems(page: Page): string[] {
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(messageOf(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return problems;
}

/** The page's description within the limit; an error carries what the page complained of. */
async function described(description: Promise<Described>, problems: readonly string[]): Promise<Described> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    const text = `the page did not describe the adapter within ${DESCRIBE_LIMIT_MS / 1000} s`;
    timer = setTimeout(() => reject(new Error(text)), DESCRIBE_LIMIT_MS);
  });
  try {
    return await Promise.race([description, limit]);
  } catch (error) {
    throw new UserError([messageOf(error), ...problems.slice(-5)].join('\n'), EXIT.failed);
  } finally {
    clearTimeout(timer);
  }
}

/** Calls a method of the page's automation surface. An error's name does not survive the protocol, so it is carried as data. */
async function callPage<K extends keyof PageAutomation>(
  page: Page,
  method: K,
  args: Parameters<PageAutomation[K]>,
): Promise<Awaited<ReturnType<PageAutomation[K]>>> {
  const outcome = await page.evaluate(
    async ({ method, args }) => {
      try {
        const surface = (globalThis as Partial<AutomatedGlobal>).fleetmark;
        if (!surface) throw new Error('the page did not load: build it again (npm run build)');
        const call = surface[method] as (...args: unknown[]) => unknown;
        return { value: await call(...args), error: null };
      } catch (error) {
        const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
        return { value: null, error: { name, message } };
      }
    },
    { method, args: args as unknown[] },
  );
  const { value, error } = outcome;
  if (error) throw error.name === 'UserError' ? new UserError(error.message) : new Error(error.message);
  return value as Awaited<ReturnType<PageAutomation[K]>>;
}
