// Vitest setup of the projects that need a browser: finds or installs one as the command line does, and names it for
// src/native/dawn.ts, which looks beside it for the software adapter.
import { ensureBrowser } from '../cli/find-browser.ts';
import { thisMachine } from '../cli/this-machine.ts';

export async function setup(): Promise<void> {
  const stderr = {
    write: (text: string) => void process.stderr.write(text),
    isTTY: false,
    columns: 80,
  };
  process.env.FLEETMARK_BROWSER = ensureBrowser(await thisMachine(stderr)).path;
}
