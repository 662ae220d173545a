// An Io in memory: no terminal, no environment, and the texts that were written.
import { main } from '../main.ts';
import type { Io, Output } from '../io.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in the folder of test data, with nothing built beside it. */
export const runMain = (...args: string[]): Promise<Ran> => runWithStdin('', ...args);

/** The same with a text on standard input, and an environment. */
export async function runWithStdin(stdin: string, ...args: string[]): Promise<Ran> {
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts): Output => ({
    isTTY: false,
    columns: 80,
    write: (text) => {
      texts[name] += text;
    },
  });
  const folder = import.meta.dirname;
  const io: Io = {
    stdout: output('stdout'),
    stderr: output('stderr'),
    env: {},
    cwd: folder,
    packageFolder: folder,
    pageFolder: `${folder}/no-page`,
    readStdin: async () => stdin,
    onInterrupt: () => () => {},
  };
  const code = await main(args, io);
  return { code, ...texts };
}
