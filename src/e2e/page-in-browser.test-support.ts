// The built page in a browser on the software adapter, for the tests of a file: served, opened in a fresh context for each
// test, and held to its word that no request leaves the origin and that nothing throws.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launchBrowser, launchFacts, type RunningBrowser } from '../cli/browser.ts';
import { launchPlans } from '../cli/launch-plans.ts';
import { type PageServer, startPageServer } from '../cli/page-server.ts';
import type { ResultFile } from '../results/schema.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** A machine that others load answers late; a test that waits this long has failed. ms */
const PATIENCE = 120_000;
/** For a layout that follows the window's width to come to rest. ms */
const LAYOUT_PATIENCE = 5000;

export interface PageInBrowser {
  readonly url: string;
  /** Of the test that runs. */
  readonly page: Page;
  /** A folder for files of these tests, removed after them. */
  readonly folder: string;
  /** Goes to an address of the page (`?suite=smoke#run`) and waits for the state that its body names. */
  open(address: string, state?: string): Promise<void>;
  /** Waits for one of these states. */
  reach(...states: string[]): Promise<void>;
  /** The result file of the run in hand. */
  result(): Promise<ResultFile | null>;
  /** Answers the file dialog of a button. */
  choose(button: string, ...paths: string[]): Promise<void>;
  /** Ids of axe rules of serious or critical impact that the page breaks, with the places. */
  seriousViolations(): Promise<string[]>;
  /** How far the page can be scrolled sideways, px, in a window of that width. */
  sidewaysAt(width: number): Promise<number>;
}

/** Sets the hooks of the calling test file. */
export function pageInBrowser(): PageInBrowser {
  let server: PageServer;
  let running: RunningBrowser;
  let folder = '';
  let context: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    server = await startPageServer({ pageFolder: join(ROOT, 'dist/page') });
    folder = await mkdtemp(join(tmpdir(), 'fleetmark-e2e-'));
    running = await launchBrowser(process.env.FLEETMARK_BROWSER!, launchPlans(launchFacts(false)).at(-1)!.flags);
  });

  afterAll(async () => {
    await running?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    context = await running.browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
    context.setDefaultTimeout(PATIENCE);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    context.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(server.url) && !/^(blob|data|about):/.test(url)) faults.push(`a request to ${url}`);
    });
    page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
  });

  afterEach(async () => {
    await context.close();
    expect(faults.splice(0)).toEqual([]);
  });

  const reach = async (...states: string[]): Promise<void> => {
    const isIn = (wanted: readonly string[]): boolean => wanted.includes(document.body.dataset.state ?? '');
    await page.waitForFunction(isIn, states);
  };
  const sideways = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

  return {
    get url() {
      return server.url;
    },
    get page() {
      return page;
    },
    get folder() {
      return folder;
    },
    reach,
    async open(address, state = 'ready') {
      await page.goto(`${server.url}${address}`);
      await reach(state);
    },
    result: () => page.evaluate(() => globalThis.fleetmark?.result() ?? null),
    async choose(button, ...paths) {
      const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByText(button).click()]);
      await chooser.setFiles(paths);
    },
    async seriousViolations() {
      const { violations } = await new AxeBuilder({ page }).analyze();
      return violations
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
    },
    async sidewaysAt(width) {
      await page.setViewportSize({ width, height: 900 });
      // Two frames: charts are drawn anew for the width in the first.
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      const end = Date.now() + LAYOUT_PATIENCE;
      while ((await sideways()) > 0 && Date.now() < end) await page.waitForTimeout(50);
      return sideways();
    },
  };
}
