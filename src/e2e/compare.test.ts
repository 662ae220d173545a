// The Compare view of the built page in a real browser: the numbers of the command line, order, bad files, kept runs, links,
// keyboard, accessibility, narrow windows.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runWith } from '../cli/testdata/fake-io.ts';
import { createRng } from '../core/rng.ts';
import type { ResultFile, Row } from '../results/schema.ts';
import {
  sampleDecoderRow,
  sampleFile,
  sampleMetric,
  sampleRow,
  sampleSession,
} from '../results/testdata/sample-file.ts';
import { noisySamples } from '../results/testdata/two-level-noise.ts';
import { pageInBrowser } from './page-in-browser.test-support.ts';

const WRONG: Partial<Row> = {
  state: 'failed',
  reason: 'disagrees with its reference',
  verification: { state: 'failed', rule: 'NMSE ≤ 1e-11', checked: 4, total: 4, figures: { nmse: 1 } },
};

const browser = pageInBrowser();
const { open, seriousViolations, sidewaysAt } = browser;
let page: Page;

/** Three kernels over five sessions, the first of them slower by `factor`; a wrong one; a decoder. */
function noisy(id: string, seed: number, factor: number): ResultFile {
  const rng = createRng(seed);
  const sessions = Array.from({ length: 5 }, (_, session) => {
    const kernels = [factor, 1, 1].map((times, i) =>
      sampleRow(`kernel/matmul/variant-${i}:m=64;n=64;k=64;type=f32`, [], {
        metrics: [
          sampleMetric('time', noisySamples(rng, 1e6 * times), { estimator: 'wall-slope', opsPerSample: 1000 }),
        ],
      }),
    );
    const wrong = sampleRow('kernel/matmul/wrong:m=64;n=64;k=64;type=f32', [1000], WRONG);
    return sampleSession([...kernels, wrong, sampleDecoderRow()], { id: `${id}-${session}` });
  });
  return sampleFile(sessions, { id });
}

const base = noisy('base', 1, 1);
const slow = noisy('slow', 2, 1.2);
const path = (name: string): string => join(browser.folder, name);
const choose = (button: string, ...names: string[]): Promise<void> => browser.choose(button, ...names.map(path));

beforeAll(async () => {
  for (const file of [base, slow]) await writeFile(path(`${file.id}.json`), JSON.stringify(file));
  await writeFile(path('cut.json'), JSON.stringify(base).slice(0, 500));
});

beforeEach(() => {
  page = browser.page;
});

/** Drops files as a person does: one drop event that carries all of them. */
async function drop(...names: string[]): Promise<void> {
  const files = await Promise.all(names.map(async (name) => ({ name, text: await readFile(path(name), 'utf8') })));
  const data = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const { name, text } of given) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  await page.locator('.compare-in .drop').dispatchEvent('drop', { dataTransfer: data });
}

const labels = (): Promise<string[]> =>
  page.locator('.sides input').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value));
const cells = (name: string): Promise<string[]> =>
  page.locator(`.compare-table td[data-label="${name}"]`).allTextContents();
const clipboard = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());

async function downloaded(button: string): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText(button).click()]);
  await download.saveAs(path('saved.json'));
  return readFile(path('saved.json'), 'utf8');
}

describe('a comparison', () => {
  it('says what the command line says, to the last digit', async () => {
    await open('#compare');
    await drop('base.json', 'slow.json');
    await page.locator('.compare-table').waitFor();
    const { stdout, stderr } = await runWith(
      { folder: browser.folder },
      'compare',
      'base.json',
      'slow.json',
      '--format',
      'json',
    );
    expect(stderr).toBe('');
    const cli = JSON.parse(stdout);
    expect(JSON.parse(await downloaded('Download comparison'))).toEqual(cli);

    const rows: { verdict: string; verdictText: string; ratio: number | null }[] = cli.comparisons[0].rows;
    const shown = await page.locator('.compare-table td.verdict strong').allTextContents();
    expect(shown).toEqual(rows.map(({ verdict }) => verdict.replace('-', ' ')));
    expect(shown[0]).toBe('slower');
    expect(shown).toContain('not comparable');
    const ratios = (await cells('New / base')).map((text) => text.split(' ')[0]);
    expect(ratios).toEqual(rows.map(({ ratio }) => (ratio === null ? '–' : ratio.toFixed(3))));
    expect(await page.locator('.forest-row').count()).toBe(rows.filter(({ ratio }) => ratio !== null).length);

    const markdown = await runWith({ folder: browser.folder }, 'compare', 'base.json', 'slow.json', '--format', 'md');
    await page.getByText('Copy as Markdown').click();
    await page.getByText('Copied the comparison').waitFor();
    expect((await clipboard()).trim()).toBe(markdown.stdout.trim());
  });

  it('turns round with the order of the files, moved by button or key, the focus staying with what moved', async () => {
    await open('#compare');
    await choose('Add result files', 'base.json', 'slow.json');
    await page.locator('.compare-table').waitFor();
    const before = Number.parseFloat((await cells('New / base'))[0]!);
    await page.getByLabel('Move slow.json up').press('Enter');
    await expect.poll(labels).toEqual(['slow.json', 'base.json']);
    expect(Number.parseFloat((await cells('New / base'))[0]!) * before).toBeCloseTo(1, 2);
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Move slow.json down');
    await page.getByLabel('Label of file 1').press('Alt+ArrowDown');
    await expect.poll(labels).toEqual(['base.json', 'slow.json']);
    expect(Number.parseFloat((await cells('New / base'))[0]!)).toBe(before);
    await page.getByLabel('Label of file 2').fill('after');
    await page.getByLabel('Label of file 2').press('Enter');
    await page.getByRole('heading', { name: 'after against base.json' }).waitFor();
  });

  it('names a bad file and keeps the others; filters; lists what was wrong but fast', async () => {
    await open('#compare');
    await drop('base.json', 'cut.json', 'slow.json');
    await page.getByText('Left out: cut.json: not valid JSON, cut off').waitFor();
    await expect.poll(labels).toEqual(['base.json', 'slow.json']);
    const all = await page.locator('.compare-table tbody tr').count();
    await page.getByRole('button', { name: /^changed/ }).click();
    const changed = await page.locator('.compare-table td.verdict strong').allTextContents();
    expect(changed.length).toBeLessThan(all);
    expect(changed).toContain('slower');
    for (const verdict of changed) expect(['slower', 'faster', 'small']).toContain(verdict);
    await page.getByRole('button', { name: /^all/ }).click();
    await page.getByLabel('Filter rows').fill('variant-1');
    expect(await page.locator('.compare-table tbody tr').count()).toBe(1);
    expect(await page.locator('.wrong s').allTextContents()).toEqual(['1.00 µs', '1.00 µs']);
    expect(await page.locator('.wrong').textContent()).toContain('in 5 of 5 sessions: disagrees with its reference');
  });

  it('joins files of one label', async () => {
    await open('#compare');
    await drop('base.json', 'slow.json', 'slow.json');
    await expect.poll(labels).toEqual(['base.json', 'slow.json', 'slow.json (2)']);
    await page.locator('.comparison').nth(1).waitFor();
    await page.getByLabel('Label of file 3').fill('slow.json');
    await page.getByLabel('Label of file 3').press('Enter');
    await page.locator('.comparison').nth(1).waitFor({ state: 'detached' });
    expect(await page.locator('.comparison').count()).toBe(1);
  });
});

describe('kept runs', () => {
  it('come by themselves, survive a reload, and are compared, opened, renamed, exported and deleted', async () => {
    await open('?suite=smoke&filter=kernel/fma/vec4:threads=16384*#run');
    await page.locator('#start').click();
    await page.getByText('This run is kept in this browser').waitFor();
    const id = await page.evaluate(() => globalThis.fleetmark?.result()?.id);
    await page.getByText('Add to comparison').click();
    await open('#compare');
    await expect.poll(labels).toEqual([]);
    const name = page.getByLabel(/^Name of the run of/);
    await name.fill('before the change');
    await name.press('Enter');
    await page.getByRole('button', { name: 'Compare before the change' }).click();
    await page.getByRole('button', { name: 'Compare before the change' }).click();
    await expect.poll(labels).toEqual(['before the change', 'before the change (2)']);
    expect(await page.locator('.compare-table td.verdict strong').allTextContents()).toEqual(['same']);
    expect(await seriousViolations()).toEqual([]);
    expect(JSON.parse(await downloaded('Export all 1'))).toMatchObject({ id });
    await page.getByRole('button', { name: 'Open before the change' }).click();
    await page.getByText('Close before the change').waitFor();
    await page.keyboard.press('3');
    await page.getByRole('button', { name: 'Delete before the change' }).click();
    await page.getByRole('button', { name: 'Delete for good before the change' }).click();
    await page.getByText('None yet').waitFor();
    await open('#compare');
    await page.getByText('None yet').waitFor();
  });
});

describe('a result link', () => {
  it('brings medians and intervals to another tab, and a broken one says so', async () => {
    await open('#result');
    await choose('Open a result file', 'slow.json');
    await page.getByText('Copy link').click();
    await page.getByText('Copied a link').waitFor();
    const address = await clipboard();
    expect(address.length).toBeLessThan(8192);
    await page.goto('about:blank');
    await page.goto(address);
    await page.getByRole('heading', { name: 'A result from a link' }).waitFor();
    expect(await page.locator('.linked tbody tr').count()).toBe(5);
    expect(await page.locator('.linked').textContent()).toContain('ACME Rocket 9000');
    expect(await seriousViolations()).toEqual([]);
    await page.goto('about:blank');
    await page.goto(address.slice(0, -30));
    await page.getByText('the result in this address cannot be read').waitFor();
  });
});

it.each(['light', 'dark'] as const)(
  'has no serious accessibility violation in %s and fits narrow windows',
  async (scheme) => {
    await page.emulateMedia({ colorScheme: scheme });
    await open('#compare');
    await drop('base.json', 'slow.json', 'cut.json');
    await page.locator('.compare-table').waitFor();
    expect(await seriousViolations()).toEqual([]);
    for (const width of [1280, 900, 390, 320]) expect(await sidewaysAt(width), `${width} px`).toBe(0);
  },
);
