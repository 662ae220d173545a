// One table of options: it feeds the command line's flags, the page's URL, the defaults and the help text.
import { UserError, unknownValue } from './errors.ts';
import { SESSION_PRESETS } from './session-plan.ts';

export const SUITES = ['smoke', 'default', 'full', 'kernels', 'peers', 'llama-bench', 'extras'] as const;
export type SuiteName = (typeof SUITES)[number];

interface OptionBase {
  readonly help: string;
  /** True when the page reads it from its URL; false when only the command line knows it. */
  readonly url: boolean;
  /** False for options that cannot change a number (where output goes): left out of a file's non-default list. */
  readonly measuring: boolean;
}
export type OptionSpec = OptionBase &
  (
    | {
        readonly type: 'text';
        readonly default: string;
        readonly choices?: readonly string[];
        readonly placeholder?: string;
      }
    | {
        readonly type: 'number';
        readonly default: number;
        readonly min: number;
        readonly max: number;
        readonly integer?: boolean;
      }
    | { readonly type: 'flag'; readonly default: false }
    | { readonly type: 'list'; readonly default: readonly string[]; readonly placeholder: string }
  );

export const OPTIONS = {
  suite: {
    type: 'text',
    default: 'default',
    choices: SUITES,
    help: 'which set of cases to run',
    url: true,
    measuring: true,
  },
  filter: {
    type: 'list',
    default: [],
    placeholder: 'pattern',
    help: "only case ids that match, e.g. 'kernel/matmul/*'; may be repeated. Looks through every suite unless --suite is given",
    url: true,
    measuring: true,
  },
  seed: {
    type: 'number',
    default: 1,
    min: 0,
    max: 4294967295,
    integer: true,
    help: 'seed of inputs, weights and case order',
    url: true,
    measuring: true,
  },
  budget: {
    type: 'number',
    default: 10,
    min: 1,
    max: 3600,
    help: 'seconds a kernel case may be estimated to take before it is skipped; a decoder case gets three times that',
    url: true,
    measuring: true,
  },
  tune: {
    type: 'text',
    default: 'cached',
    choices: ['off', 'cached', 'full'],
    help: "how kernel/…/tuned cases come to their kernel: off skips them, cached takes this machine's earlier choice where there is one, full chooses anew",
    url: true,
    measuring: true,
  },
  samples: {
    type: 'number',
    default: 0,
    min: 0,
    max: 10000,
    integer: true,
    help: 'samples a case; 0 chooses by precision and time',
    url: true,
    measuring: true,
  },
  lane: {
    type: 'text',
    default: 'browser',
    choices: ['browser', 'native'],
    help: 'where to measure: in a browser, or in Node over Dawn, for machines without one',
    url: false,
    measuring: true,
  },
  model: {
    type: 'text',
    default: '',
    placeholder: 'file-or-url',
    help: 'measure this model instead of a suite: an .onnx, .gguf or .safetensors file, a folder, an address, hf:owner/name',
    url: true,
    measuring: true,
  },
  dim: {
    type: 'list',
    default: [],
    placeholder: 'name=value',
    help: 'value of a symbolic dimension of --model; may be repeated',
    url: true,
    measuring: true,
  },
  sessions: {
    type: 'number',
    default: 0,
    min: 0,
    max: 100,
    integer: true,
    help: 'fresh browser launches to measure in; 0 takes the preset’s number',
    url: false,
    measuring: true,
  },
  preset: {
    type: 'text',
    default: 'default',
    choices: Object.keys(SESSION_PRESETS),
    help: 'how many sessions: quick 1, default 3 (1 on a software adapter), gate 5, release 10',
    url: false,
    measuring: true,
  },
  order: {
    type: 'number',
    default: 0,
    min: 0,
    max: 9999,
    integer: true,
    help: 'which of the seed’s case orders; a run of several sessions counts it up',
    url: true,
    measuring: false,
  },
  connect: {
    type: 'list',
    default: [],
    placeholder: '[label=]ws-url',
    help: "measure in a browser that Playwright's server starts on another machine; may be repeated, one device after the other",
    url: false,
    measuring: false,
  },
  label: {
    type: 'text',
    default: '',
    placeholder: 'name',
    help: 'what to call this device in the result file, where browsers say the same of several machines',
    url: false,
    measuring: false,
  },
  list: { type: 'flag', default: false, help: 'print the case ids and stop', url: false, measuring: false },
  out: {
    type: 'text',
    default: '',
    placeholder: 'file',
    help: 'where to write the result file (default: bench-results/local/)',
    url: false,
    measuring: false,
  },
  json: {
    type: 'flag',
    default: false,
    help: 'print the result file, and nothing else, on stdout',
    url: false,
    measuring: false,
  },
  'require-gpu': {
    type: 'flag',
    default: false,
    help: 'exit 4 rather than measure on a software adapter',
    url: false,
    measuring: false,
  },
  headed: { type: 'flag', default: false, help: 'show the browser window', url: false, measuring: true },
  autostart: { type: 'flag', default: false, help: 'start as soon as the page is ready', url: true, measuring: false },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;
type ValueOf<S extends OptionSpec> = S extends { type: 'number' }
  ? number
  : S extends { type: 'flag' }
    ? boolean
    : S extends { type: 'list' }
      ? readonly string[]
      : string;
export type Options = { readonly [K in OptionName]: ValueOf<(typeof OPTIONS)[K]> };

export const DEFAULT_OPTIONS: Options = Object.fromEntries(
  Object.entries(OPTIONS).map(([name, spec]) => [name, spec.default]),
) as unknown as Options;

/** Parses one option's text, as it stands in a URL or after a flag. Throws a UserError that names the option. */
export function parseOption(name: OptionName, given: string | readonly string[] | boolean): Options[OptionName] {
  const spec: OptionSpec = OPTIONS[name];
  if (spec.type === 'flag') {
    const last = Array.isArray(given) ? given.at(-1) : given;
    return last === true || last === '' || last === '1' || last === 'true';
  }
  if (spec.type === 'list') return Array.isArray(given) ? given : [String(given)];
  const text = Array.isArray(given) ? String(given.at(-1)) : String(given);
  if (spec.type === 'number') {
    const value = Number(text);
    const fits = text.trim() !== '' && Number.isFinite(value) && value >= spec.min && value <= spec.max;
    if (!fits || (spec.integer && !Number.isInteger(value))) {
      throw new UserError(
        `--${name} '${text}': must be ${spec.integer ? 'a whole number' : 'a number'} from ${spec.min} to ${spec.max}`,
      );
    }
    return value;
  }
  if (spec.choices && !spec.choices.includes(text)) unknownValue(name, text, spec.choices);
  return text;
}

/** Options from a page URL's query; an unknown key is a UserError. */
export function optionsFromQuery(query: URLSearchParams): Options {
  const options: Record<string, unknown> = { ...DEFAULT_OPTIONS };
  const known = Object.keys(OPTIONS).filter((name) => OPTIONS[name as OptionName].url);
  for (const key of new Set(query.keys())) {
    if (!known.includes(key)) unknownValue('setting in the address', key, known);
    options[key] = parseOption(key as OptionName, query.getAll(key));
  }
  return options as Options;
}

/** The query that makes a page run with these options: only what differs from the defaults. */
export function queryFromOptions(options: Options): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, spec] of Object.entries(OPTIONS)) {
    if (!spec.url || !differs(options, name as OptionName)) continue;
    const value = options[name as OptionName];
    if (Array.isArray(value)) for (const item of value) query.append(name, item);
    else query.append(name, value === true ? '1' : String(value));
  }
  return query;
}

/** The measuring options that differ from their defaults, for the result file. */
export function nonDefaultOptions(options: Options): Record<string, string | number | boolean | string[]> {
  const entries = Object.entries(OPTIONS).filter(
    ([name, spec]) => spec.measuring && differs(options, name as OptionName),
  );
  return Object.fromEntries(
    entries.map(([name]) => {
      const value = options[name as OptionName];
      return [name, Array.isArray(value) ? [...value] : (value as string | number | boolean)];
    }),
  );
}

function differs(options: Options, name: OptionName): boolean {
  return JSON.stringify(options[name]) !== JSON.stringify(DEFAULT_OPTIONS[name]);
}
