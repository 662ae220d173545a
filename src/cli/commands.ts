// The list of commands with their flags and help; each command's work is a file in commands/.
import { Command, Option } from 'commander';
import { buildInfo } from '../core/build-info.ts';
import { EXIT, type ExitCode } from '../core/errors.ts';
import { mountAb } from './commands/ab.ts';
import { benchCommand } from './commands/bench.ts';
import { mountBundle } from './commands/bundle.ts';
import { mountCalibrate } from './commands/calibrate.ts';
import { mountCompare } from './commands/compare.ts';
import { CONFORMANCE_PROVIDERS, CONFORMANCE_TARGETS, conformanceCommand } from './commands/conformance.ts';
import { mountConvert } from './commands/convert.ts';
import { doctorCommand } from './commands/doctor.ts';
import { mountExport } from './commands/export.ts';
import { mountFleet } from './commands/fleet-mount.ts';
import { mountMerge } from './commands/merge.ts';
import { mountQuery } from './commands/query.ts';
import { runtimeChecksCommand } from './commands/runtime-checks.ts';
import { serveCommand } from './commands/serve.ts';
import { mountShow } from './commands/show.ts';
import { mountTune } from './commands/tune.ts';
import { mountValidate } from './commands/validate.ts';
import type { Io } from './io.ts';
import { NATIVE_SESSION } from './native-host.ts';
import { optionFlags, optionsFromFlags } from './option-flags.ts';

const EXIT_CODES = `
Exit codes: ${EXIT.ok} ok; ${EXIT.failed} a case failed or nothing ran; ${EXIT.badInput} usage or bad input; ${EXIT.noAdapter} no usable adapter or browser; ${EXIT.interrupted} interrupted, partial file written.
`;

const BENCH_EXAMPLES = `
Examples:
  fleetmark bench --suite smoke
  fleetmark bench --filter 'kernel/matmul/*' --sessions 3 --out matmul.json
  fleetmark bench --model hf:owner/name/file.gguf
`;

/** The program, ready to parse; `finish` takes a command's exit code. */
export function createProgram(io: Io, finish: (exitCode: ExitCode) => void): Command {
  const program = new Command('fleetmark')
    .description(
      'Measures WGSL kernels and ONNX decoders on the GPU in front of you, and says how far the numbers can be trusted.',
    )
    .version(`${buildInfo.version}${buildInfo.commit ? ` (${buildInfo.commit.slice(0, 12)})` : ''}`)
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES);

  const bench = program
    .command('bench')
    .description('run a suite in a browser or in Node, print a table, write a result file');
  for (const flag of optionFlags()) bench.addOption(flag);
  bench
    .addHelpText('after', BENCH_EXAMPLES + EXIT_CODES)
    .action(async (flags) => finish(await benchCommand(optionsFromFlags(flags), io)));

  program
    .command(NATIVE_SESSION, { hidden: true })
    .action(async () => (await import('../native/session-process.ts')).serveNativeSession());

  program
    .command('serve')
    .description('serve the page on this machine for a browser of your choice, until interrupted')
    .option('--port <n>', 'port on 127.0.0.1 (0 takes any free one)', '4173')
    .option('--open', 'open the page in a browser')
    .action(async (flags) => finish(await serveCommand(flags, io)));

  program
    .command('doctor')
    .description('say which browser, adapter and timer a run would get, and why there is no GPU')
    .option('--json', 'print the findings as JSON')
    .option('--headed', 'show the browser window')
    .addOption(
      new Option('--lane <name>', 'native: Node over Dawn alone, without a browser').choices(['browser', 'native']),
    )
    .option('--require-gpu', `exit ${EXIT.noAdapter} without a hardware adapter`)
    .action(async (flags) => finish(await doctorCommand(flags, io)));

  mountCompare(program, io, finish);
  mountAb(program, io, finish);
  mountCalibrate(program, io, finish);
  mountShow(program, io, finish);
  mountValidate(program, io, finish);
  mountMerge(program, io, finish);
  mountConvert(program, io, finish);
  mountQuery(program, io, finish);
  mountExport(program, io, finish);
  mountFleet(program, io, finish);
  mountTune(program, io, finish);
  mountBundle(program, io, finish);

  program
    .command('conformance')
    .description(
      'run ONNX test cases through the ONNX path or our own kernels, and read GGUF and safetensors files; by default those in this package',
    )
    .argument('[dir]', 'folder with node/*/model.onnx, light/*.onnx, gguf/*.gguf or safetensors/*.safetensors')
    .addOption(
      new Option('--ep <name>', 'execution provider').choices(CONFORMANCE_PROVIDERS).default(CONFORMANCE_PROVIDERS[0]),
    )
    .addOption(
      new Option('--on <what>', 'what runs them: the ONNX path, or our own kernels')
        .choices(CONFORMANCE_TARGETS)
        .default(CONFORMANCE_TARGETS[0]),
    )
    .option('--runtimes', 'hold every decoding runtime to the same checks instead')
    .action(async (dir, flags) =>
      finish(flags.runtimes ? await runtimeChecksCommand(io) : await conformanceCommand(dir, flags, io)),
    );

  return program;
}
