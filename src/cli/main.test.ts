import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCaseId } from '../core/case-id.ts';
import { readResultFile } from '../results/read.ts';
import { KERNEL_ID, sampleDecoderRow, sampleFile, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { type Ran, runMain } from './testdata/fake-io.ts';

/** Compares with the committed text; `npm run golden` writes it anew. */
async function expectGolden(name: string, { code, stdout, stderr }: Ran): Promise<void> {
  const text = `exit code ${code}\n--- stdout\n${stdout}--- stderr\n${stderr}`;
  await expect(text).toMatchFileSnapshot(`testdata/${name}.txt`);
}

describe('help', () => {
  it.each(['bench', 'serve', 'doctor', 'compare', 'ab', 'calibrate', 'conformance', 'export'])(
    'of %s',
    async (command) => {
      await expectGolden(`help-${command}`, await runMain(command, '--help'));
    },
  );

  it('of the whole, on stdout when asked for, on stderr with exit code 2 when nothing was', async () => {
    const [asked, none] = [await runMain('--help'), await runMain()];
    await expectGolden('help', asked);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(asked.stdout).toContain(none.stderr);
  });
});

describe('mistakes end with exit code 2 and list what is known', () => {
  it.each([
    ['unknown-command', ['benhc']],
    ['unknown-flag', ['bench', '--fitler', 'x']],
    ['unknown-suite', ['bench', '--suite', 'nope']],
    ['bad-number', ['bench', '--seed', '1.5']],
    ['missing-value', ['bench', '--seed']],
    ['missing-argument', ['compare']],
    ['missing-file', ['compare', 'no-such.json', 'no-such.json']],
    ['missing-model', ['bench', '--model', 'no-such.onnx']],
    ['model-is-a-folder', ['bench', '--model', '.']],
    ['bad-port', ['serve', '--port', 'http']],
    ['bad-provider', ['conformance', '--ep', 'cuda']],
    ['no-conformance-folder', ['conformance', 'no-such-folder']],
    ['no-conformance-case', ['conformance', '.']],
  ])('%s', async (name, args) => {
    const ran = await runMain(...args);
    // The operating system's own words and this checkout's path are no part of the text kept.
    const stderr = ran.stderr.replaceAll(import.meta.dirname, '<src/cli>');
    await expectGolden(name, { ...ran, stderr });
    expect(ran).toMatchObject({ code: 2, stdout: '' });
  });

  it('an unknown id lists the known paths', async () => {
    const ran = await runMain('bench', '--filter', 'kernel/no-such/*', '--list');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain("--filter 'kernel/no-such/*' matches no case. Known: kernel/stream/*, kernel/fma/*");
  });

  it('a page that is not built says how to build it', async () => {
    const ran = await runMain('serve', '--port', '0');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('the page is not built');
    expect(ran.stderr).toContain('npm run build');
  });
});

describe('bench --list', () => {
  const list = async (...args: string[]): Promise<string[]> =>
    (await runMain('bench', '--list', ...args)).stdout.trimEnd().split('\n');

  it('prints well-formed ids, each once, smoke within full', async () => {
    const [smoke, full] = [await list('--suite', 'smoke'), await list('--suite', 'full')];
    for (const id of full) expect(parseCaseId(id).path).toMatch(/^(kernel|model)\//);
    expect(new Set(full).size).toBe(full.length);
    expect(full).toEqual(expect.arrayContaining(smoke));
    expect(smoke.some((id) => id.startsWith('kernel/matmul/'))).toBe(true);
    expect(smoke.some((id) => id.startsWith('model/ort-webgpu/test-4x128'))).toBe(true);
  });

  it('filters by pattern over every suite', async () => {
    const ids = await list('--filter', 'kernel/matmul/*');
    expect(ids.length).toBeGreaterThan(2);
    for (const id of ids) expect(id).toMatch(/^kernel\/matmul\//);
  });
});

describe('compare', () => {
  let folder = '';
  const files = {
    base: sampleFile([sampleSession([sampleRow(KERNEL_ID, [1000000, 1010000, 1020000]), sampleDecoderRow()])]),
    next: sampleFile([sampleSession([sampleRow(KERNEL_ID, [500000, 510000, 520000])])], {
      tool: { name: 'fleetmark', version: '0.1.0', commit: 'fedcba9876543210', dirty: true },
    }),
  };
  const path = (name: string): string => join(folder, `${name}.json`);
  const broken = {
    truncated: JSON.stringify(files.base).slice(0, 200),
    empty: '',
    newer: JSON.stringify({ ...files.base, schemaVersion: 99 }),
    foreign: '{"schema":"other"}',
    nan: JSON.stringify(files.base).replace('[1000000,1010000,1020000]', '[1000000,NaN,1020000]'),
    misshapen: JSON.stringify(files.base).replace('"state":"ok"', '"state":"fine"'),
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
    for (const [name, file] of Object.entries(files)) await writeFile(path(name), JSON.stringify(file));
    for (const [name, text] of Object.entries(broken)) await writeFile(path(name), text);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each(['text', 'md', 'json'])('as %s', async (format) => {
    const ran = await runMain('compare', `before=${path('base')}`, `after=${path('next')}`, '--format', format);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    await expectGolden(`compare-${format}`, ran);
  });

  it('names a file by its path when it has no label', async () => {
    const { stdout } = await runMain('compare', path('base'), path('next'));
    expect(stdout).toContain(`base  ${path('base')}: 1 session`);
  });

  it.each([
    ['truncated', 'not valid JSON, cut off'],
    ['empty', 'empty file'],
    ['newer', 'written in format 99'],
    ['foreign', 'not a Fleetmark result file'],
    ['nan', 'at sessions.0.rows.0.metrics.0.samples.1: NaN'],
    ['misshapen', 'at sessions.0.rows.0.state'],
  ] as const)('refuses a %s file with its name and the place in it', async (name, words) => {
    const ran = await runMain('compare', path('base'), path(name));
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(path(name));
    expect(ran.stderr).toContain(words);
  });

  it('reads what it wrote', () => expect(readResultFile(JSON.stringify(files.base), 'base')).toEqual(files.base));
});
