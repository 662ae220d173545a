import { describe, expect, it } from 'vitest';
import type { ResultFile } from './schema.ts';
import { decodeSummary, encodeSummary, LINK_LIMIT, summarizeForLink } from './summary-link.ts';
import { fileOf, singles } from './testdata/compare-helpers.ts';
import { KERNEL_ID, sampleDecoderRow, sampleFile, sampleRow, sampleSession } from './testdata/sample-file.ts';

const samples = [1000, 1001, 1002, 1003, 1004, 1005.123456];

describe('a summary', () => {
  it('holds medians with their intervals, and the state of every case', () => {
    const failed = sampleRow('kernel/gemv/naive:n=9', [5], { state: 'failed', reason: `${'wrong '.repeat(40)}\nmore` });
    const { rows, ...head } = summarizeForLink(sampleFile([sampleSession([sampleRow(KERNEL_ID, samples), failed])]));
    expect(head).toMatchObject({
      device: 'acme rocket ACME Rocket 9000',
      software: false,
      sessions: 1,
      suite: 'smoke',
    });
    expect(rows[0]).toEqual({
      id: KERNEL_ID,
      state: 'ok',
      checked: true,
      metrics: [{ name: 'time', unit: 'ns', median: 1002.5, interval: [1000, 1005.1], samples: 6 }],
    });
    expect(rows[1]).toMatchObject({ state: 'failed', metrics: [], reason: 'wrong '.repeat(40).slice(0, 80) });
  });

  it('takes session medians together, and one bad session for the case', () => {
    const file = fileOf('a', singles(1000, 1200, 1100));
    expect(summarizeForLink(file).rows[0]!.metrics[0]).toMatchObject({ median: 1100, interval: [1000, 1200] });
    const bad = sampleSession([sampleRow(KERNEL_ID, [1], { state: 'error', reason: 'device lost' })], { id: 'bad' });
    const mixed: ResultFile = { ...file, sessions: [...file.sessions, bad] };
    expect(summarizeForLink(mixed).rows[0]).toMatchObject({ state: 'error', reason: 'device lost' });
  });
});

describe('the link', () => {
  it('gives back what went in, in letters an address may hold', async () => {
    const summary = summarizeForLink(sampleFile([sampleSession([sampleRow(KERNEL_ID, samples), sampleDecoderRow()])]));
    const text = (await encodeSummary(summary))!;
    expect(text).toMatch(/^[\w-]+$/);
    expect(await decodeSummary(text)).toEqual(summary);
  });

  it('holds a run of sixty cases', async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      sampleRow(
        `kernel/matmul/register:m=${64 + i};n=${i ** 2};k=64;type=f32`,
        samples.map((time) => time * Math.sqrt(i + 2)),
      ),
    );
    const text = await encodeSummary(summarizeForLink(sampleFile([sampleSession(rows)])));
    expect(text!.length).toBeLessThan(LINK_LIMIT / 2);
  });

  it('is not made where it would be too long', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) =>
      sampleRow(`kernel/a/b:n=${(i * 7919) % 10_007}`, [Math.sqrt(i + 2)]),
    );
    expect(await encodeSummary(summarizeForLink(sampleFile([sampleSession(rows)])))).toBeNull();
  });

  it('says so when it was cut off, changed, foreign or blown up', async () => {
    const summary = summarizeForLink(sampleFile([sampleSession([sampleRow(KERNEL_ID, samples)])]));
    const text = (await encodeSummary(summary))!;
    const huge = { ...summary, suite: ' '.repeat(2_000_000) };
    const foreign = { ...summary, schema: 'other' } as unknown as typeof summary;
    const bad = [
      text.slice(0, -20),
      `%${text}`,
      '',
      'x'.repeat(9000),
      await encodeSummary(huge),
      await encodeSummary(foreign),
    ];
    for (const item of bad)
      await expect(decodeSummary(item!)).rejects.toThrow('the result in this address cannot be read');
    await expect(decodeSummary((await encodeSummary(huge))!)).rejects.toThrow('unpacks to more than');
  });
});
