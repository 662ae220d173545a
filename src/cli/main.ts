// The command line as a function: arguments and an Io in, an exit code out. It never ends the process.
import { type Command, CommanderError } from 'commander';
import { EXIT, type ExitCode, UserError } from '../core/errors.ts';
import { createProgram } from './commands.ts';
import { wrapHelp } from './help-text.ts';
import { type Io, paintFor } from './io.ts';

/** Runs one command. People's mistakes become a short text on stderr and an exit code; anything else is a bug and shows its stack. */
export async function main(args: readonly string[], io: Io): Promise<ExitCode> {
  const paint = paintFor(io.stderr, io.env);
  const fail = (text: string, code: ExitCode): ExitCode => {
    io.stderr.write(`${paint('bad', 'fleetmark:')} ${text}\n`);
    return code;
  };
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  let refusing: Command = program;
  for (const command of withSubcommands(program)) {
    command.exitOverride((error) => {
      refusing = command;
      throw error;
    });
    // Commander's own error lines are silenced: they are printed below, in one form with all others.
    command.configureOutput({
      writeOut: (text) => io.stdout.write(wrapHelp(text)),
      writeErr: (text) => io.stderr.write(text),
      outputError: () => {},
    });
  }
  if (args.length === 0) {
    io.stderr.write(program.helpInformation());
    return EXIT.badInput;
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof UserError) return fail(error.message, error.exitCode);
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.ok : fail(usageText(error, refusing), EXIT.badInput);
    }
    return fail(error instanceof Error ? (error.stack ?? error.message) : String(error), EXIT.failed);
  }
}

/** Settings of a command do not reach those added to it before. */
function withSubcommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

/** Commander's complaint followed by what would have been right. */
function usageText(error: CommanderError, command: Command): string {
  const complaint = error.message.replace(/^error: /, '').replace(/\n/g, ' ');
  if (error.code === 'commander.unknownOption') {
    const flags = command.options.map((option) => option.long).concat('--help');
    return `${complaint}\nKnown: ${flags.join(', ')}`;
  }
  if (error.code === 'commander.unknownCommand') {
    const visible = command.createHelp().visibleCommands(command);
    return `${complaint}\nKnown: ${visible.map((known) => known.name()).join(', ')}`;
  }
  return `${complaint}\nUsage: ${fullName(command)} ${command.usage()}`;
}

function fullName(command: Command): string {
  return command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name();
}
