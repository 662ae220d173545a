// `fleetmark fleet merge FILE…`: the parts of a sharded run as one, refused unless every part is there exactly once.
import { Option } from 'commander';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { createFleetModel } from '../../fleet/fleet-model.ts';
import { buildRolloutReport } from '../../fleet/rollout/report.ts';
import { mergeShards, readShardFile, type ShardFile } from '../../fleet/rollout/shard-file.ts';
import { readScenario } from '../../fleet/scenario.ts';
import { formatSweepText } from '../../report/fleet-merge-text.ts';
import type { Io } from '../io.ts';
import { readJsonFile, writeTextFile } from '../json-file.ts';
import { formatRollout, REPORT_FORMATS, type ReportFormat } from './fleet-rollout.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addCatalogueFlag, useCatalogue } from './scenario-flags.ts';

interface MergeFlags {
  readonly out?: string;
  readonly catalogue?: string;
  readonly format: ReportFormat;
}

export const mountFleetMerge: FleetMount = (fleet, io, finish) => {
  addCatalogueFlag(
    fleet
      .command('merge')
      .description('merge the parts that --shard wrote: exactly what the unsharded run gives, or an error'),
  )
    .argument('<files...>', 'one file a part')
    .option('--out <file>', 'also write the merged counts there')
    .addOption(new Option('--format <name>', 'how to print the report').choices(REPORT_FORMATS).default('text'))
    .action(async (files: string[], flags: MergeFlags) => finish(await mergeCommand(files, flags, io)));
};

async function mergeCommand(paths: readonly string[], flags: MergeFlags, io: Io): Promise<ExitCode> {
  await useCatalogue(flags.catalogue, io.cwd);
  const shards = [];
  for (const name of paths) shards.push({ name, file: readShardFile(name, await readJsonFile(name, io.cwd)) });
  const merged = mergeShards(shards);
  if (flags.out !== undefined) await writeTextFile(flags.out, io.cwd, `${JSON.stringify(merged)}\n`);
  io.stdout.write(`${reportOf(merged, flags.format)}\n`);
  return EXIT.ok;
}

function reportOf(merged: ShardFile, format: ReportFormat): string {
  if (merged.kind === 'rollout') {
    const scenario = readScenario({ ...merged.inputs, seed: merged.seed }, 'scenario of the merged run');
    return formatRollout(buildRolloutReport(merged, createFleetModel().inputsOf(scenario).rates), format);
  }
  return format === 'json' ? JSON.stringify(merged, null, 2) : formatSweepText(merged, format);
}
