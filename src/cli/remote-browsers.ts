// Browsers on other machines, started by Playwright's own server there (`npx playwright run-server`). The page stays on this
// machine's loopback and is reached through the connection, so that its context is secure and WebGPU exists.
import type { Browser } from 'playwright';
import { EXIT, messageOf, UserError } from '../core/errors.ts';
import type { RunningBrowser } from './browser.ts';
import type { BrowserSource } from './browser-source.ts';
import { type LaunchPlan, launchPlans } from './launch-plans.ts';
import { loadPlaywright } from './load-playwright.ts';
import { connectProblem, type Endpoint } from './remote-endpoint.ts';

const CONNECT_LIMIT_MS = 60_000;
/** Tried in this order where the address does not choose: what people use before what Playwright downloads. */
const CHANNELS = ['chrome', 'msedge', 'chromium'] as const;

type LaunchOptions = Readonly<Record<string, unknown>>;

/** Throws a UserError from `start` when the server cannot be reached or used; the text says what to do there. */
export function remoteBrowsers(endpoint: Endpoint, headed: boolean): BrowserSource {
  let known: LaunchOptions | null = null;
  return {
    plans: remotePlans(headed),
    async start(plan) {
      const candidates = known ? [known] : browserChoices(endpoint);
      const problems: string[] = [];
      for (const choice of candidates) {
        const browser = await connect(endpoint, launchOptions(plan, choice, headed)).catch((error: unknown) => {
          const { text, tryNext } = connectProblem(endpoint, messageOf(error));
          if (!tryNext) throw new UserError(text, EXIT.noAdapter);
          problems.push(text);
        });
        if (!browser) continue;
        known = choice;
        return describeRunning(browser, endpoint);
      }
      throw new UserError([`${endpoint.shown}: no browser starts there`, ...problems].join('\n'), EXIT.noAdapter);
    },
  };
}

/** As for a Linux machine with a GPU: what another system does not know of its flags changes nothing there. */
function remotePlans(headed: boolean): LaunchPlan[] {
  const facts = { platform: 'linux', isRoot: false, hasGpuNode: true, sharedMemoryBytes: null } as const;
  return launchPlans({ ...facts, headed });
}

function browserChoices({ launch }: Endpoint): LaunchOptions[] {
  const chosen = 'channel' in launch || 'executablePath' in launch;
  return chosen ? [launch] : CHANNELS.map((channel) => ({ ...launch, channel }));
}

/** Playwright's server takes flags only when it was started with `--unsafe`, and leaves them out silently otherwise. */
function launchOptions(plan: LaunchPlan, choice: LaunchOptions, headed: boolean): LaunchOptions {
  const args = plan.flags.filter((flag) => !flag.startsWith('--headless'));
  const given = Array.isArray(choice.args) ? choice.args : [];
  return { headless: !headed, ...choice, args: [...args, ...given] };
}

async function connect({ url }: Endpoint, options: LaunchOptions): Promise<Browser> {
  const { chromium } = await loadPlaywright();
  return chromium.connect(url, {
    exposeNetwork: '<loopback>',
    headers: { 'x-playwright-launch-options': JSON.stringify(options) },
    timeout: CONNECT_LIMIT_MS,
  });
}

async function describeRunning(browser: Browser, { shown }: Endpoint): Promise<RunningBrowser> {
  const close = (): Promise<void> => browser.close();
  try {
    const commandLine = await readCommandLine(browser);
    // The tunnel to this machine's loopback. A browser that was running before the connection has none.
    if (!commandLine.some((flag) => flag.startsWith('--proxy-server=socks5://127.0.0.1:'))) {
      throw new UserError(
        `${shown}: the server lends a browser that is already running (launchServer): it cannot reach the page on this machine, nor start afresh for a session. Start there: npx playwright run-server`,
        EXIT.noAdapter,
      );
    }
    return { browser, flags: recordedFlags(commandLine), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Every flag the browser runs with, whoever put it there. */
async function readCommandLine(browser: Browser): Promise<string[]> {
  const page = await browser.newPage();
  await page.goto('chrome://version');
  const text = (await page.locator('#command_line').textContent()) ?? '';
  await page.close();
  return text
    .trim()
    .split(/\s+(?=--)/)
    .filter((flag) => flag.startsWith('--'));
}

/** Flags of the connection itself, and any with a path in it: they say who measured, not what. */
const UNRECORDED = /^--(user-data-dir|remote-debugging-|proxy-|flag-switches-|no-startup-window)|=\/|\\/;

function recordedFlags(commandLine: readonly string[]): string[] {
  return [...new Set(commandLine.filter((flag) => !UNRECORDED.test(flag)))];
}
