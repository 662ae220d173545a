// What a command under `fleet` is: a function that adds itself. Apart from the list of them, which imports each.
import type { Command } from 'commander';
import type { ExitCode } from '../../core/errors.ts';
import type { Io } from '../io.ts';

/** Adds one subcommand to `fleet`; `finish` takes its exit code. */
export type FleetMount = (fleet: Command, io: Io, finish: (exitCode: ExitCode) => void) => void;
