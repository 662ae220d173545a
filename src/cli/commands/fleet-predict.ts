// `fleetmark fleet predict --points FILE`: medians and intervals for points in the shape of the measured ones.
import { Option } from 'commander';
import { EXIT, type ExitCode } from '../../core/errors.ts';
import { calibrate } from '../../fleet/serving/calibrate.ts';
import { measuredPoints, parsePoints } from '../../fleet/serving/points.ts';
import { predictPoints } from '../../fleet/serving/predict.ts';
import { formatPredictions } from '../../report/fleet-predict-text.ts';
import type { Io } from '../io.ts';
import { readJsonFile } from '../json-file.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addCatalogueFlag, useCatalogue } from './scenario-flags.ts';

export const mountFleetPredict: FleetMount = (fleet, io, finish) => {
  addCatalogueFlag(
    fleet
      .command('predict')
      .description('predict time per token and tokens/s of serving points, with 50, 80 and 95 % intervals'),
  )
    .requiredOption(
      '--points <file>',
      'JSON array of points: id, hardware, model, precision, gpus, concurrency, isl, osl, …',
    )
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async ({ points, format, catalogue }: { points: string; format: string; catalogue?: string }) => {
      await useCatalogue(catalogue, io.cwd);
      finish(await predictCommand(points, format, io));
    });
};

async function predictCommand(path: string, format: string, io: Pick<Io, 'cwd' | 'stdout'>): Promise<ExitCode> {
  const points = parsePoints(await readJsonFile(path, io.cwd), path);
  const predictions = predictPoints(points, calibrate(measuredPoints()));
  const text = format === 'json' ? JSON.stringify(predictions, null, 1) : formatPredictions(predictions);
  io.stdout.write(`${text}\n`);
  return EXIT.ok;
}
