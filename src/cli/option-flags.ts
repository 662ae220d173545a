// The one options table (src/core/options.ts) as commander flags and back. Holds no second list.
import { Option } from 'commander';
import {
  DEFAULT_OPTIONS,
  OPTIONS,
  type OptionName,
  type OptionSpec,
  type Options,
  parseOption,
} from '../core/options.ts';

/** The command line starts the run and counts its sessions itself. */
const PAGE_ONLY: readonly OptionName[] = ['autostart', 'order'];

/** All flags of a run, or only those named. */
export function optionFlags(names = Object.keys(OPTIONS) as readonly OptionName[]): Option[] {
  return names.filter((name) => !PAGE_ONLY.includes(name)).map(flagOf);
}

/** Options from commander's parsed values, keyed by camel-cased flag names. Throws a UserError that names the flag. */
export function optionsFromFlags(values: Readonly<Record<string, unknown>>): Options {
  const options: Record<string, unknown> = { ...DEFAULT_OPTIONS };
  for (const name of Object.keys(OPTIONS) as OptionName[]) {
    const given = values[new Option(`--${name}`).attributeName()];
    if (given !== undefined) options[name] = parseOption(name, given as string | string[] | boolean);
  }
  return options as Options;
}

function flagOf(name: OptionName): Option {
  const spec: OptionSpec = OPTIONS[name];
  if (spec.type === 'flag') return new Option(`--${name}`, spec.help);
  const option = new Option(`--${name} <${placeholderOf(spec)}>`, helpOf(spec));
  const collect = (text: string, earlier: unknown): string[] => [...((earlier as string[] | undefined) ?? []), text];
  return spec.type === 'list' ? option.argParser(collect) : option;
}

function placeholderOf(spec: OptionSpec): string {
  if (spec.type === 'number') return 'n';
  if (spec.type === 'text' && spec.choices) return 'name';
  return 'placeholder' in spec && spec.placeholder ? spec.placeholder : 'text';
}

function helpOf(spec: OptionSpec): string {
  const notes = [
    ...(spec.type === 'text' && spec.choices ? [spec.choices.join(', ')] : []),
    ...(spec.type === 'number' ? [`${spec.min} to ${spec.max}`] : []),
    ...(spec.type !== 'list' && spec.default !== '' ? [`default: ${spec.default}`] : []),
  ];
  return notes.length === 0 ? spec.help : `${spec.help} (${notes.join('; ')})`;
}
