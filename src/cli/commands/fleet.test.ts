import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { EXIT, UserError } from '../../core/errors.ts';
import { FLEET_SETTINGS } from '../../fleet/settings.ts';
import { PROBES, syntheticResult, syntheticRow } from '../../fleet/synthetic-result.ts';
import { fleetCommand, fleetFlags } from './fleet.ts';

const file = syntheticResult([[...PROBES, syntheticRow({ id: 'kernel/gemv/naive', ns: 1e9, flops: 1, bytes: 1e9 })]]);

/** Runs the command as the command line does, flags parsed by commander. */
async function run(...args: string[]): Promise<{ code: number; text: string; read: string[] }> {
  const program = new Command().exitOverride().argument('[result]');
  for (const flag of fleetFlags()) program.addOption(flag);
  program.parse(args, { from: 'user' });
  const { json, ...flags } = program.opts();
  const [result] = program.args;
  const read: string[] = [];
  let text = '';
  const code = await fleetCommand(
    { result, json, flags },
    async (path) => {
      read.push(path);
      return file;
    },
    (part) => {
      text += part;
    },
  );
  return { code, text, read };
}

describe('fleetCommand', () => {
  it('has a flag for every setting, and --json', () => {
    expect(fleetFlags().map((flag) => flag.long)).toEqual([
      ...Object.keys(FLEET_SETTINGS).map((name) => `--${name}`),
      '--json',
    ]);
  });

  it('prints the report without a result file', async () => {
    const { code, text, read } = await run();
    expect(code).toBe(EXIT.ok);
    expect(read).toEqual([]);
    expect(text).toMatch(/^fleet 1,000,000 GPUs/);
    expect(text).toContain('no result file was given');
  });

  it('reads the result file it is given', async () => {
    const { text, read } = await run('run.json');
    expect(read).toEqual(['run.json']);
    expect(text).toContain('1. Your device: Example GPU');
  });

  it('prints JSON alone, with the flags in it', async () => {
    const { text } = await run('--json', '--gpus', '72', '--user-rate', '100', '--rubin-share', '1');
    const report = JSON.parse(text);
    expect(report.settings).toMatchObject({ gpus: 72, 'user-rate': 100, 'rubin-share': 1, share: 0.25 });
    expect(report.fleet.rubinGpus.value).toBe(72);
  });

  it('refuses a bad flag before it reads anything', async () => {
    await expect(run('run.json', '--share', '-1')).rejects.toThrow(UserError);
    await expect(run('--share', '2')).rejects.toThrow('--share 2: must be a number from 0 to 1');
  });
});
