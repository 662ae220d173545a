// A model of the hub in a real browser: looked up, downloaded into the browser's private files, measured, and kept. The hub is
// ours: the browser's requests to huggingface.co are answered from it.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BrowserContext, Page, Route } from 'playwright';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeHub, startFakeHub } from '../../models/remote/fake-hub.test-support.ts';
import { launchBrowser, launchFacts, type RunningBrowser } from '../cli/browser.ts';
import { launchPlans } from '../cli/launch-plans.ts';
import { type PageServer, startPageServer } from '../cli/page-server.ts';
import type { ResultFile } from '../results/schema.ts';

const ROOT = join(import.meta.dirname, '../..');
const HUB = 'https://huggingface.co';

let server: PageServer;
let running: RunningBrowser;
let hub: FakeHub;
let context: BrowserContext;
let page: Page;
/** Addresses asked at the hub, in order. */
const asked: string[] = [];

beforeAll(async () => {
  const files = new Map<string, Uint8Array>();
  for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'model.safetensors']) {
    files.set(name, await readFile(join(ROOT, 'models/tiny', name)));
  }
  hub = await startFakeHub(files, /safetensors$/);
  server = await startPageServer({ pageFolder: join(ROOT, 'dist/page') });
  running = await launchBrowser(process.env.FLEETMARK_BROWSER!, launchPlans(launchFacts(false)).at(-1)!.flags);
  context = await running.browser.newContext();
  context.setDefaultTimeout(120_000);
  await context.route(`${HUB}/**`, answer);
  page = await context.newPage();
});

afterAll(async () => {
  await context?.close();
  await running?.close();
  await server?.close();
  await hub?.close();
});

async function answer(route: Route): Promise<void> {
  const request = route.request();
  const path = request.url().slice(HUB.length);
  asked.push(path);
  const range = (await request.allHeaders()).range;
  const found = await fetch(hub.endpoint + path, { method: request.method(), headers: range ? { Range: range } : {} });
  await route.fulfill({
    status: found.status,
    headers: { ...Object.fromEntries(found.headers), 'Access-Control-Allow-Origin': '*' },
    body: Buffer.from(await found.arrayBuffer()),
  });
}

async function lookUp(reference: string): Promise<void> {
  await page.goto(`${server.url}?samples=1`);
  await page.locator('body[data-state=ready]').waitFor();
  await page.getByLabel('or a Hugging Face repository').fill(reference);
  await page.getByRole('button', { name: 'Look up' }).click();
}

it('asks nothing before the button, then shows the size, then downloads, measures and keeps it', async () => {
  await page.goto(`${server.url}?model=hf:owner/name`);
  await page.locator('body[data-state=ready]').waitFor();
  expect(asked).toEqual([]);

  await lookUp('hf:owner/name');
  await page
    .getByText(/hf:owner\/name: 4 files, 9\.66 MB, all to download/)
    .first()
    .waitFor();
  expect(asked.every((path) => path.startsWith('/api/models/owner/name/'))).toBe(true);

  await page.locator('#start').click();
  await page.locator('body[data-state=done]').waitFor({ timeout: 240_000 });
  expect(asked.filter((path) => path.includes('/resolve/'))).toHaveLength(4);
  const file = await page.evaluate(() =>
    (globalThis as unknown as { fleetmark: { result(): unknown } }).fleetmark.result(),
  );
  const { rows } = (file as ResultFile).sessions[0]!;
  expect(rows.length).toBeGreaterThanOrEqual(2);
  expect(rows.map(({ id, state }) => [id.split('/')[1], state])).toContainEqual(['ort-wasm', 'ok']);

  asked.length = 0;
  await lookUp('hf:owner/name');
  await page
    .getByText(/hf:owner\/name: 4 files, 9\.66 MB, kept in this browser already/)
    .first()
    .waitFor();
  expect(asked.some((path) => path.includes('/resolve/'))).toBe(false);

  await page.reload();
  await page.getByRole('button', { name: 'Remove kept models (9.66 MB)' }).click();
  await page.getByText('Removed the models that this browser kept').first().waitFor();
  await lookUp('hf:owner/name');
  await page
    .getByText(/4 files, 9\.66 MB, all to download/)
    .first()
    .waitFor();
});

it('says what is wrong with a reference, and what the hub answers', async () => {
  await lookUp('hf:owner');
  await page.getByText("'hf:owner' names no repository").waitFor();
  await lookUp('hf:owner/gated');
  await page.getByText(/hf:owner\/gated: answers 401/).waitFor();
});
