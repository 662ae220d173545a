import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { parseArms } from './ab-arms.ts';

let cwd = '';
const parse = (a: string, b: string, filter: readonly string[] = []) =>
  parseArms(a, b, { ...DEFAULT_OPTIONS, filter }, { cwd, pageFolder: '/own/page' });

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'fleetmark-arms-'));
  for (const folder of ['before', 'checkout/dist/page']) {
    await mkdir(join(cwd, folder, 'assets'), { recursive: true });
    await writeFile(join(cwd, folder, 'index.html'), '');
  }
  await mkdir(join(cwd, 'unbuilt'));
  // A checkout's own index.html is the source of the page, not a built one.
  await writeFile(join(cwd, 'checkout/index.html'), '');
});
afterAll(() => rm(cwd, { recursive: true }));

describe('parseArms', () => {
  it('finds a built page in a folder and in a checkout', () => {
    const { arms, compare } = parse('before', 'new=checkout');
    expect(arms).toMatchObject([
      { label: 'before', pageFolder: join(cwd, 'before'), flags: [], filter: [] },
      { label: 'new', pageFolder: join(cwd, 'checkout/dist/page') },
    ]);
    expect(compare).toEqual({ match: null, acrossEnvironment: false });
  });

  it('reads flags, with an equals sign or without any', () => {
    const { arms, compare } = parse('flags:', 'robust=flags:--a=b,c --d');
    expect(arms).toMatchObject([
      { label: 'no flags', pageFolder: '/own/page', flags: [] },
      { label: 'robust', flags: ['--a=b,c', '--d'] },
    ]);
    expect(compare.acrossEnvironment).toBe(true);
  });

  it('holds a build with flags against one without', () => {
    expect(parse('before', 'flags:--x').arms).toMatchObject([
      { pageFolder: join(cwd, 'before') },
      { pageFolder: '/own/page', flags: ['--x'] },
    ]);
  });

  it('runs the cases that two paths share', () => {
    const { arms, compare } = parse('kernel/gemv/naive', 'kernel/gemv/workgroup', ['*:n=1024*']);
    expect(arms.map(({ filter }) => filter)).toEqual([
      ['kernel/gemv/naive:n=1024;k=1024'],
      ['kernel/gemv/workgroup:n=1024;k=1024'],
    ]);
    expect(compare.match).toEqual({ base: 'kernel/gemv/naive', next: 'kernel/gemv/workgroup' });
    const runtimes = parse('model/ort-webgpu/test-4x128', 'model/ort-wasm/test-4x128').arms;
    expect(runtimes[0].filter.length).toBeGreaterThan(0);
    expect(runtimes[0].filter.map((id) => id.replace('webgpu', 'wasm'))).toEqual(runtimes[1].filter);
  });

  it('tells two sides of one name apart', () => {
    expect(parse('before', 'before').arms.map(({ label }) => label)).toEqual(['before (A)', 'before (B)']);
  });

  it.each([
    ['unbuilt', 'before', 'no built page there'],
    ['nonsense', 'before', 'neither a folder with a built page'],
    ['flags:x', 'flags:', "'x' is no browser flag"],
    ['kernel/gemv/naive', 'before', 'only be held against another case path'],
    ['kernel/gemv/naive', 'kernel/softmax/naive', 'no case with the same parameters'],
    ['kernel/gemv/nope', 'kernel/gemv/naive', 'matches no case'],
  ])('refuses %s against %s', (a, b, words) => {
    expect(() => parse(a, b)).toThrow(words);
  });
});
