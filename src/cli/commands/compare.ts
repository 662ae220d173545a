// `fleetmark compare BASE NEW…`: reads result files, compares each with the first, prints the verdicts and judges the gate.
import { appendFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../core/errors.ts';
import { githubAnnotations } from '../../report/compare-github.ts';
import { comparisonCsv, comparisonJson } from '../../report/compare-json.ts';
import type { ComparisonReport, LabelledFile } from '../../report/comparison.ts';
import { comparisonMarkdown, comparisonText } from '../../report/text-compare.ts';
import { type CompareSettings, compareFiles } from '../../results/compare.ts';
import { judgeGate } from '../../results/gates.ts';
import { parseThreshold, THRESHOLD_PRESETS, type ThresholdPreset } from '../../results/thresholds.ts';
import { fileCalibrationStore } from '../calibration-store.ts';
import { readSides } from '../compare-sides.ts';
import { type Io, paintFor, tableWidth } from '../io.ts';

const FORMATS = ['text', 'json', 'md', 'csv', 'github'] as const;
type Format = (typeof FORMATS)[number];

export interface CompareFlags {
  readonly format: Format;
  readonly gate?: boolean;
  readonly gateOn: readonly string[];
  readonly across?: 'env';
  readonly thresholds: ThresholdPreset;
  readonly threshold: readonly string[];
  readonly match?: string;
}

const HELP = `
A file is a path, label=path, a folder, a glob in quotes, or - for standard input. The first is the base; files with the same
label are one side. A row is faster or slower when its whole 95 % interval lies beyond the threshold (2 % for times by GPU
timestamps, 3 % by wall clock, 5 % for time to first token and p90, 10 % for loading, compiling and p99) and it stands among
all rows (Benjamini-Hochberg, 5 %). Below 3 sessions a side the spread between sessions is that of \`fleetmark calibrate\`.

Exit codes: ${EXIT.ok} compared; with a gate ${EXIT.failed} a row is slower, ${EXIT.inconclusive} a row is inconclusive or not comparable; ${EXIT.badInput} bad input, also when the rest could be compared.
`;

export function mountCompare(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  const command = program
    .command('compare')
    .description('compare result files: ratio, interval and verdict for every case and metric')
    .argument('<files...>', 'the base, then what to hold against it');
  for (const flag of compareFlags()) command.addOption(flag);
  command
    .addHelpText('after', HELP)
    .action(async (files: string[], flags: CompareFlags) => finish(await compareCommand(files, flags, io)));
}

/** The flags that say how to compare and print, for every command that ends in a comparison. */
export function compareFlags(): Option[] {
  const collect = (text: string, earlier: readonly string[]): string[] => [...earlier, text];
  return [
    new Option('--format <name>', 'how to print it').choices(FORMATS).default('text'),
    new Option('--gate', 'let the exit code tell of rows that are slower or open'),
    new Option(
      '--gate-on <pattern>',
      "gate only these rows, e.g. 'kernel/matmul/*@time'; may be repeated; adjusted by Holm",
    )
      .argParser(collect)
      .default([], 'none'),
    new Option('--across <what>', 'env: differing adapters, browsers, timers or flags are what is compared').choices([
      'env',
    ]),
    new Option('--thresholds <name>', 'half, as given, or double the thresholds')
      .choices(Object.keys(THRESHOLD_PRESETS))
      .default('default'),
    new Option('--threshold <metric=percent>', 'own threshold of a metric, e.g. time=1; may be repeated')
      .argParser(collect)
      .default([], 'none'),
    new Option('--match <a=b>', 'compare cases whose path begins with a in the base with those that begin with b'),
  ];
}

export async function compareCommand(given: readonly string[], flags: CompareFlags, io: Io): Promise<ExitCode> {
  const settings = await compareSettings(flags, io);
  const { sides, faults } = await readSides(given, io);
  for (const fault of faults) io.stderr.write(`${paintFor(io.stderr, io.env)('bad', 'left out')}: ${fault}\n`);
  const [base, ...others] = sides;
  if (!base || others.length === 0) {
    const found = base ? `only ${base.label} is left` : 'no base is left';
    throw new UserError(
      faults.length > 0
        ? `nothing to compare: ${found}`
        : `${base?.label}: one side alone cannot be compared; name a second file`,
    );
  }
  const exitCode = await printComparison(base, others, settings, flags, io);
  return faults.length > 0 ? EXIT.badInput : exitCode;
}

export async function compareSettings(flags: CompareFlags, io: Io): Promise<CompareSettings> {
  return {
    thresholds: { preset: flags.thresholds, own: Object.fromEntries(flags.threshold.map(parseThreshold)) },
    acrossEnvironment: flags.across === 'env',
    calibrations: await fileCalibrationStore(io.packageFolder).load(),
    match: flags.match === undefined ? null : parseMatch(flags.match),
  };
}

function parseMatch(text: string): { base: string; next: string } {
  const [base, next, ...rest] = text.split('=');
  if (!base || !next || rest.length > 0) {
    throw new UserError(`--match '${text}': must be two case paths, e.g. kernel/matmul/tiled=kernel/matmul/register`);
  }
  return { base, next };
}

/** Compares each with the base, prints, and gives the gate's exit code. */
export async function printComparison(
  base: LabelledFile,
  others: readonly LabelledFile[],
  settings: CompareSettings,
  { format, gate, gateOn }: Pick<CompareFlags, 'format' | 'gate' | 'gateOn'>,
  io: Io,
): Promise<ExitCode> {
  const gated = gate === true || gateOn.length > 0;
  const report: ComparisonReport = {
    base,
    others: others.map((next) => {
      const comparison = compareFiles(base.file, next.file, settings);
      return { next, comparison, gate: gated ? judgeGate(comparison, gateOn) : null };
    }),
  };
  await print(report, format, io);
  const outcomes = report.others.map((other) => other.gate?.outcome);
  if (outcomes.includes('regression')) return EXIT.failed;
  return outcomes.includes('inconclusive') ? EXIT.inconclusive : EXIT.ok;
}

async function print(report: ComparisonReport, format: Format, io: Io): Promise<void> {
  const write = (text: string): void => io.stdout.write(`${text}\n`);
  switch (format) {
    case 'text':
      return write(comparisonText(report, paintFor(io.stdout, io.env), tableWidth(io.stdout)));
    case 'md':
      return write(comparisonMarkdown(report));
    case 'json':
      return write(comparisonJson(report));
    case 'csv':
      return write(comparisonCsv(report));
    case 'github': {
      const summary = io.env.GITHUB_STEP_SUMMARY;
      if (summary) await appendFile(summary, `${comparisonMarkdown(report)}\n`);
      else write(comparisonMarkdown(report));
      return write(githubAnnotations(report));
    }
  }
}
