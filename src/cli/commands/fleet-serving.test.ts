import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../core/errors.ts';
import type { Io } from '../io.ts';
import { mountFleet } from './fleet-mount.ts';

const folder = mkdtempSync(join(tmpdir(), 'fleetmark-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ code: number | undefined; text: string }> {
  let text = '';
  let code: number | undefined;
  const write = (part: string): void => {
    text += part;
  };
  const stream = { write, isTTY: false, columns: 80 };
  const io: Io = {
    stdout: stream,
    stderr: stream,
    env: {},
    cwd: folder,
    packageFolder: folder,
    pageFolder: folder,
    readStdin: async () => '',
    onInterrupt: () => () => {},
  };
  const program = new Command().exitOverride();
  mountFleet(program, io, (exitCode) => {
    code = exitCode;
  });
  for (const { commands } of program.commands) {
    for (const command of commands) command.exitOverride().configureOutput({ writeErr: () => {} });
  }
  await program.parseAsync(['fleet', ...args], { from: 'user' });
  return { code, text };
}

const points = [
  {
    id: 'a',
    hardware: 'b200_sxm',
    model: 'llama-3.1-70b',
    precision: 'fp8',
    gpus: 4,
    tp: 4,
    concurrency: 64,
    isl: 1024,
    osl: 1024,
  },
  { id: 'b', hardware: 'abacus', model: 'llama-3.1-70b', precision: 'fp8' },
];
writeFileSync(join(folder, 'points.json'), JSON.stringify(points));
writeFileSync(join(folder, 'broken.json'), '[');

describe('fleet predict', () => {
  it('prints an array of intervals, and nothing else, as JSON', async () => {
    const { code, text } = await run('predict', '--points', 'points.json', '--format', 'json');
    expect(code).toBe(EXIT.ok);
    const answers = JSON.parse(text);
    expect(answers[0]).toMatchObject({
      id: 'a',
      tpot_ms: { p50: expect.any(Number), i80: [expect.any(Number), expect.any(Number)] },
    });
    expect(answers[1]).toEqual({ id: 'b', reason: "hardware 'abacus' is not in the catalogue" });
  });

  it('prints a table otherwise', async () => {
    const { text } = await run('predict', '--points', 'points.json');
    expect(text).toMatch(/^a +[\d.]+ ms \[[\d.]+ ms, [\d.]+ ms\]/m);
    expect(text).toContain("no answer: hardware 'abacus'");
  });

  it('names a file that it cannot read', async () => {
    await expect(run('predict', '--points', 'none.json')).rejects.toThrow('cannot read none.json');
    await expect(run('predict', '--points', 'broken.json')).rejects.toThrow('broken.json is not JSON');
  });
});

describe('fleet front', () => {
  it('names its conditions above the table', async () => {
    const { code, text } = await run('front', '--hardware', 'gb200', '--model', 'gpt-oss-20b', '--cache-hit', '0.5');
    expect(code).toBe(EXIT.ok);
    expect(text.replace(/\s+/g, ' ')).toContain(
      '1024 input and 1024 output tokens, 50 % of the input from the prefix cache',
    );
    // `fleet` has a --model of its own, which must not take the subcommand's.
    expect(text).toMatch(/^gpt-oss-20b in fp8 on gb200/);
    expect(text).toMatch(/TP\d/);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });

  it('refuses nonsense', async () => {
    await expect(run('front', '--cache-hit', '2')).rejects.toThrow('--cache-hit 2: must be a number from 0 to 0.99');
    await expect(run('front', '--gpus', '-1')).rejects.toThrow('--gpus -1');
  });
});
