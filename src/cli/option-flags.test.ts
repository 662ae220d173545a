import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { DEFAULT_OPTIONS, OPTIONS } from '../core/options.ts';
import { optionFlags, optionsFromFlags } from './option-flags.ts';

function parse(...args: string[]): ReturnType<typeof optionsFromFlags> {
  const command = new Command();
  for (const flag of optionFlags()) command.addOption(flag);
  return optionsFromFlags(command.parse(args, { from: 'user' }).opts());
}

describe('optionFlags', () => {
  it('are the one table, but for what only the page is told', () => {
    const names = Object.keys(OPTIONS).filter((name) => name !== 'autostart' && name !== 'order');
    expect(optionFlags().map((flag) => flag.long)).toEqual(names.map((name) => `--${name}`));
  });

  it('give the defaults when nothing is given', () => expect(parse()).toEqual(DEFAULT_OPTIONS));

  it('read every type', () => {
    const args = ['--suite', 'smoke', '--seed', '7', '--json', '--require-gpu', '--filter', 'a/*', '--filter', 'b/*'];
    expect(parse(...args)).toEqual({
      ...DEFAULT_OPTIONS,
      suite: 'smoke',
      seed: 7,
      json: true,
      'require-gpu': true,
      filter: ['a/*', 'b/*'],
    });
  });

  it('refuse what is out of range', () => {
    expect(() => parse('--sessions', '101')).toThrow("--sessions '101': must be a whole number from 0 to 100");
  });
});
