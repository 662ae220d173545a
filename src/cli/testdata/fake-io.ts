// An Io in memory: no terminal, no environment, and the texts that were written.
import { main } from '../main.ts';
import type { Io, Output } from '../io.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in the folder of test data, with nothing built beside it. */
export const runMain = (...args: string[]): Promise<Ran> => runWith({}, ...args);

/** What a test may set of the process around a command. */
export interface Around {
  readonly stdin?: string;
  readonly env?: Io['env'];
  /** Where relative paths and kept files lie; the folder of test data when not given. */
  readonly folder?: string;
}

/** The same with a standard input, an environment or a folder of one's own. */
export async function runWith(around: Around, ...args: string[]): Promise<Ran> {
  const { io, texts } = fakeIo(around);
  const code = await main(args, io);
  return { code, ...texts };
}

/** An Io, and the texts written to it so far. */
export function fakeIo(around: Around): { readonly io: Io; readonly texts: { stdout: string; stderr: string } } {
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts): Output => ({
    isTTY: false,
    columns: 80,
    write: (text) => {
      texts[name] += text;
    },
  });
  const folder = around.folder ?? import.meta.dirname;
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: around.env ?? {},
    cwd: folder,
    packageFolder: folder,
    pageFolder: `${folder}/no-page`,
    readStdin: async () => around.stdin ?? '',
    onInterrupt: () => () => {},
  };
  return { io, texts };
}
