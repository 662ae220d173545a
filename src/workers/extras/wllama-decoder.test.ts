// The adapter against a stand-in for the library, whose clearing takes its time or fails; the library itself needs a browser.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDecoderCase } from '../../../models/decoder-cases.ts';
import type { OpenDecoder } from '../../bench/decoder-runtime.ts';
import { loadDecoderModel } from '../../session/decoder-model.ts';
import { prepareWllama } from './wllama-decoder.ts';

const CLEARING_MS = 200;
const STAND_IN = `
export const seen = { fed: [], exits: 0, fails: false };
export class Wllama {
  async loadModel() {}
  async decode(tokens) { seen.fed.push(...tokens); }
  async getLogits() {
    const next = seen.fed.at(-1) + 1;
    return [{ token: next, p: 0.75 }, { token: next + 1, p: 0.25 }];
  }
  async kvClear() {
    if (seen.fails) throw new Error('cannot clear');
    await new Promise((resolve) => setTimeout(resolve, ${CLEARING_MS}));
    seen.fed = [];
  }
  isMultithread() { return false; }
  async exit() { seen.exits++; }
}
`;

interface Seen {
  fed: number[];
  exits: number;
  fails: boolean;
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fleetmark-test-'));
  await mkdir(join(folder, 'esm'));
  await writeFile(join(folder, 'esm', 'index.js'), STAND_IN);
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  Object.assign(globalThis, { document: {} });
});
afterAll(async () => {
  delete (globalThis as { document?: unknown }).document;
  await rm(folder, { recursive: true });
});

async function opened(): Promise<{ decoder: OpenDecoder; seen: Seen }> {
  const item = parseDecoderCase('model/wllama/test-4x128:prompt=4;new=3;type=f32');
  const model = await loadDecoderModel(item, 1, () => Promise.reject(new Error('not asked for')));
  const url = `${pathToFileURL(folder)}/`;
  const prepared = await prepareWllama(model, 8, { version: '9.9', url });
  const { seen } = await import(/* @vite-ignore */ `${url}esm/index.js`);
  return { decoder: await prepared.open(() => {}), seen };
}

const { signal } = new AbortController();

describe('wllama as a decoding runtime', () => {
  it('clears its cache before the clock of a generation starts', async () => {
    const { decoder, seen } = await opened();
    await decoder.feed([9, 9]);
    const { tokens, ttftNs } = await decoder.generate({ prompt: [1, 2], newTokens: 3, signal });
    expect(tokens).toEqual([3, 4, 5]);
    expect(seen.fed).toEqual([1, 2, 3, 4]);
    expect(ttftNs).toBeLessThan((CLEARING_MS / 2) * 1e6);
  });

  it('scores are logarithms of its probabilities, and of what it does not tell bounded below', async () => {
    const { decoder } = await opened();
    const scores = await decoder.feed([5]);
    expect(scores[6]).toBeCloseTo(Math.log(0.75), 6);
    expect(scores[0]).toBeCloseTo(Math.log(1.2e-38), 4);
  });

  it('is closed also where clearing fails, which the generation tells of', async () => {
    const { decoder, seen } = await opened();
    const exits = seen.exits;
    seen.fails = true;
    await expect(decoder.generate({ prompt: [1], newTokens: 2, signal })).rejects.toThrow('cannot clear');
    await decoder.close();
    expect(seen.exits - exits).toBe(1);
    await expect(decoder.feed([1])).rejects.toThrow(/closed/);
  });
});
