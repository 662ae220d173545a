// Decoders in a real browser on the software adapter: our engine and the wasm runtime write the same text of the trained
// model, which the page shows while it is written; a wrong answer is refused its speed; memory does not grow.
import type { Page } from 'playwright';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { pageInBrowser } from './page-in-browser.test-support.ts';

const PROMPT = 'GREMIO:\nGood morrow, nei';

const browser = pageInBrowser();
let page: Page;
beforeEach(() => {
  page = browser.page;
});

/** Runs exactly these cases, one warm generation each unless told otherwise. */
async function run(ids: readonly string[], samples = 1): Promise<Row[]> {
  const query = new URLSearchParams(ids.map((id) => ['filter', id]));
  await page.goto(`${browser.url}?${query}&samples=${samples}&budget=600&autostart=1`);
  await page.waitForFunction(() => ['done', 'error'].includes(document.body.dataset.state ?? ''), undefined, {
    timeout: 280_000,
  });
  return (await browser.result())!.sessions[0]!.rows;
}

const byRuntime = (rows: readonly Row[]): Record<string, Row> =>
  Object.fromEntries(rows.map((row) => [row.id.split('/')[1]!, row]));

describe('decoders', () => {
  it('two runtimes write the same text of the trained model; the page shows it, and both perplexities', async () => {
    const rows = await run([
      'model/wgsl/tiny:prompt=24;new=16;type=f32',
      'model/wgsl/tiny:prompt=24;new=16;type=int4',
      'model/ort-wasm/tiny:prompt=24;new=16;type=f32;attention=plain',
    ]);
    expect(rows.map(({ state, reason }) => [state, reason])).toEqual([1, 2, 3].map(() => ['ok', undefined]));
    const hashes = rows.filter(({ id }) => id.includes('type=f32')).map(({ facts }) => facts.tokensHash);
    expect(hashes[0]).toBe(hashes[1]);
    // The page turned to the result when the run ended; what was written stays to be read.
    await page.evaluate(() => {
      location.hash = 'run';
    });
    const written = (await page.locator('.writing .own-text').textContent()) ?? '';
    expect(written.startsWith(PROMPT)).toBe(true);
    expect(written.length).toBeGreaterThan(PROMPT.length + 8);
    expect(await page.locator('.writing-rates').textContent()).toMatch(/16 tokens at [\d.,]+ tok\/s/);

    await page.evaluate(() => {
      location.hash = 'result';
    });
    await page.locator('.quality').waitFor();
    expect((await page.locator('.quality .own-text').first().textContent())?.startsWith(PROMPT)).toBe(true);
    const cells = await page.locator('.perplexity tbody tr', { hasText: 'wgsl' }).locator('td').allTextContents();
    const [f32, int4] = cells.map((text) => Number.parseFloat(text));
    expect(Math.abs(f32! - Math.exp(1.39045))).toBeLessThan(1e-3);
    expect(Math.abs(int4! / f32! - 1)).toBeLessThan(0.02);
    expect(await page.getByText('All 3 checked decoders agree with their reference.').isVisible()).toBe(true);
    expect(await browser.seriousViolations()).toEqual([]);
    expect(await browser.sidewaysAt(390)).toBe(0);
  });

  it('GroupQueryAttention that is wrong for 64 tokens is refused its speed, with the first wrong token; ours passes', async () => {
    const rows = byRuntime(
      await run([
        'model/ort-webgpu/test-4x128:prompt=64;new=16;type=f32;attention=gqa',
        'model/wgsl/test-4x128:prompt=64;new=16;type=f32',
      ]),
    );
    const wrong = rows['ort-webgpu']!;
    expect(wrong).toMatchObject({ state: 'failed', expectedFailure: true, verification: { state: 'failed' } });
    expect(wrong.verification!.firstWrong!.token).not.toBe(wrong.verification!.firstWrong!.reference);
    expect(wrong.verification!.figures.meanKl).toBeGreaterThan(1e-4);
    expect(rows.wgsl).toMatchObject({ state: 'ok', verification: { state: 'passed', checked: 16 } });
    await page.evaluate(() => {
      location.hash = 'result';
    });
    const listed = page.locator('.wrong li');
    expect(await listed.locator('s').textContent()).toMatch(/tok\/s/);
    expect(await listed.textContent()).toMatch(/first at step \d+, token \d+ where the reference has \d+/);
    expect(await listed.locator('code').textContent()).toContain(`--filter '${wrong.id}' --seed 1`);
  });

  it('200 generations in one page leave the GPU memory that the first began with', async () => {
    const [row] = await run(['model/wgsl/test-4x128:prompt=16;new=8;type=f32'], 200);
    expect(row).toMatchObject({ state: 'ok', facts: { warmGenerations: 200 } });
    expect(row!.metrics.find(({ name }) => name === 'gpu-memory')!.samples[0]).toBeGreaterThan(3e6);
    expect(row!.warnings.map(({ name }) => name)).not.toContain('memory-grew');
  });
});
