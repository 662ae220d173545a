// `fleetmark fleet front`: the Pareto front that the serving model predicts for one chip, model and pair of lengths.
import { Option } from 'commander';
import { EXIT, UserError } from '../../core/errors.ts';
import { calibrate } from '../../fleet/serving/calibrate.ts';
import { type FrontRequest, predictFront } from '../../fleet/serving/front.ts';
import { measuredPoints } from '../../fleet/serving/points.ts';
import type { Engine } from '../../fleet/serving/precision.ts';
import { formatFront } from '../../report/fleet-front-text.ts';
import type { FleetMount } from './fleet-subcommand.ts';
import { addCatalogueFlag, useCatalogue } from './scenario-flags.ts';

const ENGINES: readonly Engine[] = ['trtllm', 'vllm', 'sglang'];
const PRECISIONS = ['bf16', 'fp8', 'fp4'];

interface Flags {
  readonly hardware: string;
  readonly model: string;
  readonly precision: string;
  readonly engine: Engine;
  readonly gpus: string;
  readonly isl: string;
  readonly osl: string;
  readonly cacheHit: string;
  readonly disaggregated?: boolean;
  readonly acceptance?: string;
  readonly draft: string;
  readonly format: string;
  readonly catalogue?: string;
}

export const mountFleetFront: FleetMount = (fleet, io, finish) => {
  addCatalogueFlag(
    fleet
      .command('front')
      .description('tokens/s/GPU against tokens/s/user that the serving model predicts, with power and cost'),
  )
    .option('--hardware <name>', 'chip, by any of its names', 'B200 SXM')
    .option('--model <name>', 'model, by any of its names', 'llama-3.1-70b')
    .addOption(new Option('--precision <name>', 'weights').choices(PRECISIONS).default('fp8'))
    .addOption(new Option('--engine <name>', 'serving engine').choices(ENGINES).default('trtllm'))
    .option('--gpus <n>', 'GPUs a replica may take, 1 to 1024', '8')
    .option('--isl <n>', 'input tokens of a request', '1024')
    .option('--osl <n>', 'output tokens of a request', '1024')
    .option('--cache-hit <share>', 'share of the prompt in the prefix cache, 0 to 0.99', '0')
    .option('--disaggregated', 'prompts on GPUs of their own')
    .option('--acceptance <share>', 'speculate: acceptance of a drafted token, 0 to 1')
    .option('--draft <n>', 'drafted tokens per step, 1 to 16, with --acceptance', '3')
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (flags: Flags) => {
      await useCatalogue(flags.catalogue, io.cwd);
      const request = requestOf(flags);
      const rows = predictFront(request, calibrate(measuredPoints()));
      const text = flags.format === 'json' ? JSON.stringify({ request, rows }, null, 1) : formatFront(request, rows);
      io.stdout.write(`${text}\n`);
      finish(EXIT.ok);
    });
};

function requestOf(flags: Flags): FrontRequest {
  const { hardware, model, precision, engine } = flags;
  return {
    hardware,
    model,
    precision,
    engine,
    gpus: numberOf('gpus', flags.gpus, 1, 1024),
    isl: numberOf('isl', flags.isl, 1, 1e6),
    osl: numberOf('osl', flags.osl, 1, 1e6),
    cacheHit: numberOf('cache-hit', flags.cacheHit, 0, 0.99),
    disaggregated: flags.disaggregated === true,
    speculation:
      flags.acceptance === undefined
        ? null
        : { acceptance: numberOf('acceptance', flags.acceptance, 0, 1), draft: numberOf('draft', flags.draft, 1, 16) },
  };
}

function numberOf(flag: string, text: string, min: number, max: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max) return value;
  throw new UserError(`--${flag} ${text}: must be a number from ${min} to ${max}`);
}
