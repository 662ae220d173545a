import { describe, expect, it } from 'vitest';
import { WARNINGS } from '../core/warnings.ts';
import { KERNEL_ID, sampleDecoderRow, sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { countWarnings, resultMarkdown } from './markdown.ts';

describe('resultMarkdown', () => {
  it('holds headlines, a table a kind and the environment', () => {
    const session = sampleSession([sampleRow(KERNEL_ID, [290, 290, 290, 290, 290, 290]), sampleDecoderRow()]);
    const text = resultMarkdown(sampleFile([session]), session);
    expect(text).toContain('### Fleetmark: ACME Rocket 9000, Chromium 156.0.1.2 on Linux');
    expect(text).toContain('- Decode rate, ort-webgpu: **10.0 tok/s** (range 9.80 tok/s to 10.2 tok/s, n = 2)');
    expect(text).toContain(`| \`${KERNEL_ID}\` | ok | all 4,096 | 290 ns (± 0 %) |`);
    expect(text).toContain('| Models | State | Checked | Decode | TTFT |');
    expect(text).toContain('- Runtimes: onnxruntime-web 1.30.0');
    expect(text).not.toContain(WARNINGS['software-adapter']);
  });

  it('carries the software label, strikes failures and keeps a cell in its cell', () => {
    const file = sampleFile([]);
    const software = { ...file.environment, adapter: { ...file.environment.adapter, isSoftware: true } };
    const session = sampleSession([sampleRow(KERNEL_ID, [290], { state: 'failed', reason: 'a | b\nc' })]);
    const text = resultMarkdown({ ...file, environment: software }, session);
    expect(text).toContain(`> **${WARNINGS['software-adapter']}**`);
    expect(text).toContain('disagrees: a \\| b c');
    expect(text).toContain('~~290 ns (n = 1)~~');
  });
});

it('counts warnings once a row, most frequent first', () => {
  const warned = (...names: ('partial-check' | 'not-steady')[]) =>
    sampleRow(KERNEL_ID, [1], { warnings: names.map((name) => ({ name })) });
  const counts = countWarnings([warned('partial-check'), warned('not-steady', 'not-steady'), warned('not-steady')]);
  expect([...counts]).toEqual([
    ['not-steady', 2],
    ['partial-check', 1],
  ]);
});
