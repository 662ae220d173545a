// The built page in a real browser on the software adapter: a person's way through it, files in and out, keyboard,
// accessibility, narrow windows, and no request that leaves the origin.
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import type { Page } from 'playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import { WARNINGS } from '../core/warnings.ts';
import { readResultFile } from '../results/read.ts';
import type { ResultFile } from '../results/schema.ts';
import {
  sampleDecoderRow,
  sampleFile,
  samplePeerRow,
  sampleRow,
  sampleSession,
} from '../results/testdata/sample-file.ts';
import { pageInBrowser, ROOT } from './page-in-browser.test-support.ts';

/** A probe and a kernel, of the sizes that the smoke suite holds. */
const TWO_CASES = '?suite=smoke&filter=kernel/fma/vec4:threads=16384*&filter=kernel/matmul/*';
const WIDTHS = [1280, 390, 320];

const browser = pageInBrowser();
const { open, reach, result, choose, seriousViolations, sidewaysAt } = browser;
let page: Page;
beforeEach(() => {
  page = browser.page;
});
const inFolder = (name: string): string => join(browser.folder, name);

/** A file with every kind of row, under both roofs. */
function fullFile(): ResultFile {
  const probe = (id: string, cost: { flops: number; bytes: number }) => sampleRow(id, [1000, 1001, 1002], { cost });
  const rows = [
    probe('kernel/stream/read:bytes=1000', { flops: 0, bytes: 1000 }),
    probe('kernel/fma/vec4:threads=4', { flops: 9000, bytes: 1 }),
    sampleRow('kernel/matmul/register:m=64;n=64;k=64;type=f32', [290, 291, 292, 293, 294, 295], {
      cost: { flops: 2000, bytes: 100 },
      warnings: [{ name: 'partial-check', detail: '16 of 64' }],
    }),
    sampleRow('kernel/matmul/naive:m=64;n=64;k=64;type=f32', [900], {
      state: 'failed',
      cost: { flops: 2000, bytes: 100 },
      reason: 'disagrees with its reference',
      verification: { state: 'failed', rule: 'NMSE ≤ 1e-11', checked: 4, total: 4, figures: { nmse: 1 }, detail: 'x' },
    }),
    sampleRow('kernel/gemv/naive:n=9;k=9', [], { state: 'skipped', reason: 'over the budget', metrics: [] }),
    sampleDecoderRow(),
    samplePeerRow('fleetmark', 'matmul:m=64;n=64;k=64', [100, 110, 120, 130, 140, 150]),
    samplePeerRow('another', 'matmul:m=64;n=64;k=64', [200, 220, 240, 260, 280, 300]),
  ];
  return sampleFile([sampleSession(rows), sampleSession(rows, { id: 'session-2' })]);
}

describe('a run', () => {
  it('shows progress, keeps its rows when cancelled, starts again and downloads a valid file', async () => {
    await open(TWO_CASES);
    expect(await page.getByText(WARNINGS['software-adapter']).first().isVisible()).toBe(true);
    await page.getByText('2 cases;').waitFor();

    // Inside the page, at the first row: a key sent from here may come after the second on a loaded machine.
    const shown = page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const observer = new MutationObserver(() => {
            if (!document.querySelector('#run-cases tr.case')) return;
            observer.disconnect();
            resolve(document.querySelector('section.progress')?.textContent ?? '');
            dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
          });
          observer.observe(document.body, { childList: true, subtree: true });
        }),
    );
    await page.locator('#start').click();
    expect(await shown).toMatch(/1 of 2 cases/);
    await reach('cancelled');
    const cancelled = await result();
    expect(cancelled?.sessions[0]).toMatchObject({ state: 'cancelled', rows: [{ state: 'ok' }] });
    expect(await page.locator('#run-cases tr.case').count()).toBe(1);

    await page.locator('#start').click();
    await reach('done');
    expect(new URL(page.url()).hash).toBe('#result');
    await page.locator('#result-cases tr.case').nth(1).waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
    const path = inFolder(download.suggestedFilename());
    await download.saveAs(path);
    const text = await readFile(path, 'utf8');
    const file = readResultFile(text, path);
    expect(file.id).not.toBe(cancelled?.id);
    expect(file.sessions[0]).toMatchObject({ state: 'complete', rows: [{ state: 'ok' }, { state: 'ok' }] });
    const schema: object = JSON.parse(await readFile(join(ROOT, 'bench-results/result.schema.json'), 'utf8'));
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(JSON.parse(text)), JSON.stringify(validate.errors)).toBe(true);
    // Dropped where models are taken, it is shown.
    await open('');
    await choose('Choose a model', path);
    await page.locator('#result-cases tr.case').nth(1).waitFor();
    expect(new URL(page.url()).hash).toBe('#result');
  });

  it('takes a model file and measures it on both providers', async () => {
    const node = join(ROOT, 'models/onnx/conformance/node');
    const folderName = readdirSync(node).find((name) => name.includes('softmax')) ?? readdirSync(node)[0]!;
    await open('');
    await choose('Choose a model', join(node, folderName, 'model.onnx'));
    await page.getByText('model.onnx').first().waitFor();
    await page.locator('#start').click();
    await reach('done', 'error');
    const rows = (await result())?.sessions[0]?.rows ?? [];
    expect(rows.map(({ id, state }) => [id.split('/')[1], state])).toEqual([
      ['ort-webgpu', 'ok'],
      ['ort-wasm', 'ok'],
    ]);
  });

  it('refuses a wrong address, and recovers when a setting is changed', async () => {
    await open('?suit=smoke', 'error');
    expect(await page.getByRole('alert').first().textContent()).toContain("'suit'");
    expect(await page.locator('#start').isDisabled()).toBe(true);
    await page.getByRole('radio', { name: 'smoke' }).check();
    await reach('ready');
    expect(new URL(page.url()).search).toBe('?suite=smoke');
  });
});

describe('a result file', () => {
  it('is shown with headlines, charts, every row and its details, and sorts', async () => {
    await open('#result');
    const path = inFolder('full.json');
    await writeFile(path, JSON.stringify(fullFile()));
    await choose('Open a result file', path);
    await page.locator('.chart-roofline svg').waitFor();
    expect(await page.locator('.headline-value').allTextContents()).toEqual(['10.0 tok/s', '205 ms', '76 %']);
    await expect.poll(() => page.locator('.chart svg').count()).toBe(4);
    expect(await page.locator('.peers tbody tr').textContent()).toBe('matmul m=n=k=64another2.00× [2.00, 2.00]12');
    expect(await page.locator('tr.state-failed s').allTextContents()).toEqual([
      '900 ns',
      '2.22 GFLOP/s',
      '111 MB/s',
      '25 %',
    ]);

    const time = page.getByRole('columnheader', { name: 'Time' }).first();
    await time.getByRole('button').click();
    expect(await time.getAttribute('aria-sort')).toBe('ascending');
    expect(await page.locator('tr.case .case-name').first().textContent()).toContain('matmul register');

    await page.getByLabel('Filter cases').fill('test-4x128');
    expect(await page.locator('tr.case').count()).toBe(1);
    await page.locator('.case-name').click();
    await page.locator('.chart-sequence svg').waitFor();
    expect(await page.locator('.row-details').textContent()).toContain('vLLM calls the list ITL');
  });

  it('that is cut off says so and leaves what was shown', async () => {
    await open('#result');
    const [good, bad] = [inFolder('good.json'), inFolder('cut.json')];
    await writeFile(good, JSON.stringify(fullFile()));
    await writeFile(bad, JSON.stringify(fullFile()).slice(0, 500));
    await choose('Open a result file', good);
    await page.locator('.headlines').waitFor();
    await choose('Open a result file', bad);
    await page.getByText(/cut\.json: not valid JSON, cut off/).waitFor();
    expect(await page.locator('.headlines').isVisible()).toBe(true);
  });
});

describe('every view', () => {
  async function showAll(check: (view: string) => Promise<void>): Promise<void> {
    await open('#run');
    await page.locator('.suite li').first().waitFor();
    await check('run');
    await page.keyboard.press('2');
    const path = inFolder('views.json');
    await writeFile(path, JSON.stringify(fullFile()));
    await choose('Open a result file', path);
    await page.locator('.chart-roofline svg').waitFor();
    for (const name of await page.locator('.case-name').all()) await name.click();
    await page.locator('.chart-strip svg').first().waitFor();
    await check('result');
    await page.keyboard.press('4');
    await page.locator('.fleet-figures').waitFor();
    expect(await page.locator('.fleet-line').textContent()).toContain('equal site power');
    expect(await page.locator('.fleet-figures').textContent()).toContain('GPUs at equal site power');
    await page.locator('#fleet-pairing').waitFor();
    await check('fleet');
  }

  it('fits windows of 1280, 390 and 320 px without scrolling sideways', async () => {
    const sideways: Record<string, number> = {};
    await showAll(async (view) => {
      // What is out of sight is else not laid out, and could overflow unseen.
      await page.addStyleTag({ content: '.fleet-part { content-visibility: visible !important; }' });
      for (const width of WIDTHS) sideways[`${view} at ${width}`] = await sidewaysAt(width);
    });
    expect(Object.entries(sideways).filter(([, pixels]) => pixels > 0)).toEqual([]);
    expect(Object.keys(sideways)).toHaveLength(9);
  });

  it.each(['light', 'dark'] as const)('has no serious accessibility violation in %s', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    const found: string[] = [];
    await showAll(async (view) => {
      found.push(...(await seriousViolations()).map((text) => `${view}: ${text}`));
    });
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    found.push(...(await seriousViolations()).map((text) => `help: ${text}`));
    expect(found).toEqual([]);
  });

  it('is reached by keyboard, with the focus on its heading; keys rest in fields and can be turned off', async () => {
    await open('');
    await page.keyboard.press('4');
    await page.locator('.fleet-line').waitFor();
    await page.waitForFunction(() => document.activeElement?.textContent === 'Fleet');
    await page.keyboard.press('1');
    await page.getByText('Options', { exact: true }).click();
    await page.getByLabel('seed').fill('');
    await page.keyboard.type('12');
    await page.keyboard.press('Tab');
    expect(new URL(page.url())).toMatchObject({ hash: '#run', search: '?seed=12' });

    await page.getByRole('link', { name: 'Fleet' }).press('?');
    await page.getByLabel('Single-key shortcuts').uncheck();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await page.keyboard.press('2');
    expect(new URL(page.url()).hash).toBe('#run');
  });
});
