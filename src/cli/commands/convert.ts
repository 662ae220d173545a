// `fleetmark convert FILE…`: result files in the formats of other tools, and llama-bench's as result files.
import { type Command, Option } from 'commander';
import { EXIT, type ExitCode, UserError } from '../../core/errors.ts';
import { packFiles } from '../../results/bundle.ts';
import { EXPORTERS, type ExportFormat } from '../../results/export/formats.ts';
import { fromLlamaBench } from '../../results/import/llama-bench.ts';
import type { Metric, ResultFile } from '../../results/schema.ts';
import type { Io } from '../io.ts';
import { writeTextFile } from '../json-file.ts';
import { readEach, readResults, tellFaults } from '../read-results.ts';

interface ConvertFlags {
  readonly from?: 'llama-bench';
  readonly to?: ExportFormat;
  readonly better: Metric['better'];
  readonly out?: string;
}

const HELP = `
csv: one line per sample. llama-bench: its -o json. vllm: its --save-result, a line per session and case. trace: for
ui.perfetto.dev. bmf: Bencher. gha: github-action-benchmark, smaller-is-better or --better higher. gbench: Google Benchmark.
Without --to, a result file: that is how llama-bench's output is imported.
`;

export function mountConvert(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  program
    .command('convert')
    .description('write result files in the format of another tool, or read those of llama-bench')
    .argument('<files...>', 'files, folders or globs')
    .addOption(new Option('--to <format>', 'what to write').choices(Object.keys(EXPORTERS)))
    .addOption(new Option('--from <format>', 'what to read, instead of result files').choices(['llama-bench']))
    .addOption(
      new Option('--better <direction>', 'for gha: which values').choices(['lower', 'higher']).default('lower'),
    )
    .option('--out <file>', 'where to write it (default: stdout)')
    .addHelpText('after', HELP)
    .action(async (files, flags) => finish(await convertCommand(files, flags, io)));
}

async function convertCommand(given: readonly string[], flags: ConvertFlags, io: Io): Promise<ExitCode> {
  const { from, to, better, out } = flags;
  if (from === undefined && to === undefined) {
    throw new UserError(`convert: say --to ${Object.keys(EXPORTERS).join('|')}, or --from llama-bench`);
  }
  const { files, faults } = from === undefined ? await readOwn(given, io) : await readForeign(given, io);
  const text = to === undefined ? `${JSON.stringify(packFiles(files), null, 1)}\n` : EXPORTERS[to](files, { better });
  if (out === undefined) io.stdout.write(text);
  else await writeTextFile(out, io.cwd, text);
  tellFaults(faults, io);
  return faults.length > 0 ? EXIT.badInput : EXIT.ok;
}

interface ReadFiles {
  readonly files: readonly ResultFile[];
  readonly faults: readonly string[];
}

async function readOwn(given: readonly string[], io: Io): Promise<ReadFiles> {
  const { files, faults } = await readResults(given, io);
  return { files: files.map(({ file }) => file), faults };
}

async function readForeign(given: readonly string[], io: Io): Promise<ReadFiles> {
  const { read, faults } = await readEach(given, io, (text, name) =>
    fromLlamaBench(text, name, { id: crypto.randomUUID(), sessionId: crypto.randomUUID() }),
  );
  if (read.length === 0) throw new UserError(faults.join('\n'));
  return { files: read, faults };
}
