// `fleetmark fleet predict --points FILE`: medians and intervals for points in the shape of the measured ones.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from 'commander';
import { EXIT, type ExitCode, messageOf, UserError } from '../../core/errors.ts';
import { calibrate } from '../../fleet/serving/calibrate.ts';
import { MEASURED, type Point, parsePoints, type Unreadable } from '../../fleet/serving/points.ts';
import { predictPoints } from '../../fleet/serving/predict.ts';
import { formatPredictions } from '../../report/fleet-predict-text.ts';
import type { Io } from '../io.ts';
import type { FleetMount } from './fleet-mount.ts';

export const mountFleetPredict: FleetMount = (fleet, io, finish) => {
  fleet
    .command('predict')
    .description('predict time per token and tokens/s of serving points, with 50, 80 and 95 % intervals')
    .requiredOption(
      '--points <file>',
      'JSON array of points: id, hardware, model, precision, gpus, concurrency, isl, osl, …',
    )
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async ({ points, format }: { points: string; format: string }) =>
      finish(await predictCommand(points, format, io)),
    );
};

async function predictCommand(path: string, format: string, io: Pick<Io, 'cwd' | 'stdout'>): Promise<ExitCode> {
  const points = await readPoints(path, io.cwd);
  const predictions = predictPoints(points, calibrate(MEASURED));
  const text = format === 'json' ? JSON.stringify(predictions, null, 1) : formatPredictions(predictions);
  io.stdout.write(`${text}\n`);
  return EXIT.ok;
}

/** Points of a file; a UserError names the file where it cannot be read, is no JSON, or holds something else. */
async function readPoints(path: string, cwd: string): Promise<(Point | Unreadable)[]> {
  const text = await readFile(resolve(cwd, path), 'utf8').catch((error: unknown) => {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}`);
  });
  return parsePoints(parseJson(text, path), path);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${messageOf(error)}`);
  }
}
