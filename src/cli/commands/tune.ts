// `fleetmark tune`: the tuner's choice against an exhaustive sweep, kernel by kernel, in Node over Dawn.
import type { Command } from 'commander';
import { isTunedId, listAllKernelCases } from '../../../kernels/tuned.ts';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { DEFAULT_OPTIONS } from '../../core/options.ts';
import { selectCases } from '../../core/suites.ts';
import { acceptsNative } from '../../native/cases.ts';
import type { TuneCheck } from '../../native/tune-check.ts';
import { formatTuneChecks } from '../../report/text-tune-check.ts';
import { tuningText } from '../../report/text-tuning.ts';
import { type Io, paintFor } from '../io.ts';

/** Cheap enough for a software adapter; a GPU is asked with ids of its own size. */
const DEFAULT_IDS = [
  'kernel/matmul/tuned:m=128;n=128;k=128;type=f32',
  'kernel/softmax/tuned:rows=128;width=512',
  'kernel/rmsnorm/tuned:rows=128;width=512;eps=0.00001',
  'kernel/attention/tuned:seq=64;heads=4;kvheads=2;dim=64',
];

const HELP = `
A pattern is a case id or one with *, e.g. 'kernel/matmul/tuned:*'; without one, four small kernels are taken.
Every kernel is tuned as in a run, within 5 s, and then every candidate is timed round after round; last, the tuner's
choice and the best of the sweep run against each other. --table prints what the tuner saw.

Exit codes: ${EXIT.ok} every choice within 5 % of the best in time; ${EXIT.failed} one is not; ${EXIT.badInput} usage; ${EXIT.noAdapter} no adapter.
`;

export function mountTune(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  program
    .command('tune')
    .description('hold the tuner’s choices against an exhaustive sweep over its space')
    .argument('[patterns...]', 'tuned cases')
    .option('--table', 'print the tuner’s table of each kernel')
    .addHelpText('after', HELP)
    .action(async (patterns: string[], flags: { table?: boolean }) => finish(await tuneCommand(patterns, flags, io)));
}

async function tuneCommand(patterns: readonly string[], flags: { table?: boolean }, io: Io): Promise<ExitCode> {
  const listed = listAllKernelCases().filter(({ id }) => isTunedId(id));
  const filter = patterns.length > 0 ? patterns : DEFAULT_IDS;
  const ids = selectCases(listed, { ...DEFAULT_OPTIONS, filter }, (id) => isTunedId(id) && acceptsNative(id));
  const paint = paintFor(io.stdout, io.env);
  const checks: TuneCheck[] = [];
  const { checkTuning } = await import('../../native/tune-check.ts');
  const adapter = await checkTuning(ids, (check) => {
    checks.push(check);
    io.stderr.write(`${checks.length}/${ids.length} ${check.id}\n`);
    if (flags.table) io.stdout.write(`${paint('bold', check.id)}\n${tuningText(tableOf(check), check.id, paint)}\n\n`);
  });
  const { text, passed } = formatTuneChecks(checks, paint);
  io.stdout.write(`${adapter}\n${text}\n`);
  return passed ? EXIT.ok : EXIT.failed;
}

function tableOf({ table }: TuneCheck): Parameters<typeof tuningText>[0] {
  return { ...table, from: 'race' };
}
