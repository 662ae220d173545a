// `fleetmark serve`: the built page for a person's own browser, on a fixed port, until interrupted.
import { spawn } from 'node:child_process';
import { EXIT, type ExitCode, UserError } from '../../core/errors.ts';
import { extraServing } from '../extra-runtimes.ts';
import { watchInterrupts } from '../interruption.ts';
import type { Io } from '../io.ts';
import { startPageServer } from '../page-server.ts';

export interface ServeFlags {
  readonly port: string;
  readonly open?: boolean;
}

export async function serveCommand({ port, open }: ServeFlags, io: Io): Promise<ExitCode> {
  const number = Number(port);
  if (port.trim() === '' || !Number.isInteger(number) || number < 0 || number > 65535) {
    throw new UserError(`--port '${port}': must be a whole number from 0 to 65535`);
  }
  const interruption = watchInterrupts(io);
  const server = await startPageServer({
    pageFolder: io.pageFolder,
    ...extraServing([io.packageFolder, io.cwd]),
    port: number,
  });
  io.stdout.write(`${server.url}\n`);
  io.stderr.write('open this address in Chrome, Edge, Firefox or Safari; Ctrl+C ends\n');
  if (open) openInBrowser(server.url, io);
  await interruption.arrival;
  interruption.stop();
  await server.close();
  return EXIT.ok;
}

/** Hands the address to the system's default browser; serving goes on whether or not that works. */
function openInBrowser(url: string, io: Io): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  spawn(command!, [...args, url], { stdio: 'ignore', detached: true })
    .on('error', () => io.stderr.write(`${command} cannot be started: open the address yourself\n`))
    .unref();
}
