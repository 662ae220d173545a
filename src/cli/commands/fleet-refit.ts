// `fleetmark fleet refit FILE...`: own serving runs beside the published ones, and how the fit moved.
import { Option } from 'commander';
import { EXIT, UserError } from '../../core/errors.ts';
import { importRuns, type RunFacts } from '../../fleet/serving/import-runs.ts';
import { refit } from '../../fleet/serving/refit.ts';
import { formatRefit } from '../../report/fleet-refit-text.ts';
import { readJsonFile } from '../json-file.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addCatalogueFlag, useCatalogue } from './scenario-flags.ts';

interface Flags
  extends Readonly<
    Record<'hardware' | 'model' | 'precision' | 'engine' | 'gpus' | 'tp' | 'concurrency', string | undefined>
  > {
  readonly format: string;
  readonly catalogue?: string;
}

export const mountFleetRefit: FleetMount = (fleet, io, finish) => {
  addCatalogueFlag(
    fleet
      .command('refit')
      .description(
        'calibrate the serving model on your own runs beside the published ones, and show how the fit moved',
      ),
  )
    .argument('<files...>', 'results of vLLM --save-result, AIPerf (profile_export_aiperf.json) or InferenceX')
    .option('--hardware <name>', 'chip of the runs')
    .option('--model <name>', "model of the runs, over the files'")
    .option('--precision <name>', 'weights of the runs: bf16, fp8, fp4')
    .addOption(new Option('--engine <name>', 'serving engine of the runs').choices(['trtllm', 'vllm', 'sglang']))
    .option('--gpus <n>', 'GPUs of a replica')
    .option('--tp <n>', 'tensor parallel size (default: all its GPUs)')
    .option('--concurrency <n>', 'requests in flight, where the files do not say')
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (files: string[], flags: Flags) => {
      await useCatalogue(flags.catalogue, io.cwd);
      const facts = factsOf(flags);
      const runs = await Promise.all(
        files.map(async (file) => importRuns(await readJsonFile(file, io.cwd), file, facts)),
      );
      const report = refit(runs.flat());
      io.stdout.write(`${flags.format === 'json' ? JSON.stringify(report, null, 1) : formatRefit(report)}\n`);
      finish(EXIT.ok);
    });
};

function factsOf({ hardware, model, precision, engine, gpus, tp, concurrency }: Flags): RunFacts {
  return {
    hardware,
    model,
    precision,
    engine,
    gpus: countOf('gpus', gpus),
    tp: countOf('tp', tp),
    concurrency: countOf('concurrency', concurrency),
  };
}

function countOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 1e6) return value;
  throw new UserError(`--${flag} ${text}: must be a whole number from 1 to 1000000`);
}
