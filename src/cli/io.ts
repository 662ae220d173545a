// What a command may touch of the process around it, so that a test can stand in for it: two streams, the environment,
// the working directory, the interrupt, and where the package lies.
import { text } from 'node:stream/consumers';
import { styleText } from 'node:util';
import { noPaint, type Paint, type Style } from '../report/text-table.ts';

export interface Output {
  write(text: string): void;
  /** True for a terminal, where a line may rewrite itself. */
  readonly isTTY: boolean;
  /** Width of the terminal; 80 where there is none. */
  readonly columns: number;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Folder of package.json: bench-results/ and models/ lie in it. */
  readonly packageFolder: string;
  /** Folder of the built page. */
  readonly pageFolder: string;
  /** Everything on standard input, as text. */
  readStdin(): Promise<string>;
  /** Calls the listener at every interrupt (Ctrl+C) until the returned function is called. */
  onInterrupt(listener: () => void): () => void;
}

/** The running process as an Io. A reader that closes the pipe early (`| head`) is no error. */
export function processIo(folders: Pick<Io, 'packageFolder' | 'pageFolder'>): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    ...folders,
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    env: process.env,
    cwd: process.cwd(),
    readStdin: () => text(process.stdin),
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
  };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    // Read at every use: a terminal can be resized.
    get columns() {
      return stream.columns ?? 80;
    },
  };
}

/** Columns a table may take: the terminal's; in a file or a pipe any number, so that a row stays a line. */
export function tableWidth({ isTTY, columns }: Output): number {
  return isTTY ? columns : Number.POSITIVE_INFINITY;
}

const FORMATS: Readonly<Record<Style, Parameters<typeof styleText>[0]>> = {
  bold: 'bold',
  dim: 'dim',
  // Blue and orange, as on the page: never red against green.
  good: 'blueBright',
  bad: 'yellowBright',
  warn: 'yellow',
};

/** Colour for one stream: FORCE_COLOR, then NO_COLOR and TERM=dumb (https://no-color.org), then whether it is a terminal. */
export function paintFor(output: Output, env: Io['env']): Paint {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  const refused = Boolean(env.NO_COLOR) || env.TERM === 'dumb' || (env.FORCE_COLOR !== undefined && !forced);
  if (!forced && (refused || !output.isTTY)) return noPaint;
  return (style, text) => styleText(FORMATS[style], text, { validateStream: false });
}
