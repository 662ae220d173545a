// Sessions in browsers: the page with the options in its address, each time in a fresh launch.
import type { Options } from '../core/options.ts';
import type { Environment } from '../results/schema.ts';
import type { HostEvent } from '../workers/api.ts';
import type { BrowserSource } from './browser-source.ts';
import { hasAdapter, openUsablePage, requireAdapter } from './open-usable.ts';
import { openPageSession, type PageSession } from './page-session.ts';
import type { RunningSession, SessionHost } from './session-host.ts';

/** `url`: the page's address with the options in its query. The first launch settles the flags of all later ones. */
export function browserHost(source: BrowserSource, url: string, options: Options): SessionHost {
  let settled: PageSession['plan'] | null = null;
  return {
    open: async (order, onEvent) => {
      const address = withOrder(url, order);
      const session = settled
        ? await openPageSession(source, settled, address, onEvent)
        : await openRequired(source, address, options, onEvent);
      settled = session.plan;
      return { ...session, environment: environmentOf(session, options) } satisfies RunningSession;
    },
  };
}

async function openRequired(
  source: BrowserSource,
  url: string,
  options: Options,
  onEvent: (event: HostEvent) => void,
): Promise<PageSession> {
  const usable = await openUsablePage(source, url, onEvent);
  try {
    requireAdapter(usable, options['require-gpu']);
  } catch (error) {
    await usable.session.close();
    throw error;
  }
  return usable.session;
}

/** What the page says of itself, and the two facts that only the launcher knows. */
function environmentOf({ described, flags }: PageSession, options: Options): Environment {
  if (!hasAdapter(described)) throw new Error('a session without an adapter must not run');
  const { environment } = described;
  return {
    ...environment,
    ...(options.label === '' ? {} : { label: options.label }),
    browser: { ...environment.browser, headless: !options.headed, flags: [...flags] },
  };
}

/** Every session shuffles its cases anew. */
function withOrder(url: string, order: number): string {
  const address = new URL(url);
  if (order > 0) address.searchParams.set('order', String(order));
  return address.href;
}
