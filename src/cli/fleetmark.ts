#!/usr/bin/env node
// The executable: hands the process to main() and takes its exit code. Runs from dist/cli, beside dist/page.
import { fileURLToPath } from 'node:url';
import { processIo } from './io.ts';
import { main } from './main.ts';

const folder = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
process.exitCode = await main(
  process.argv.slice(2),
  processIo({ packageFolder: folder('../..'), pageFolder: folder('../page') }),
);
// Playwright 1.65 leaves the socket open when a server accepts a connection but starts no browser (`connectToBrowser`
// closes it only on a timeout); that socket alone would keep the process. Everything written goes out first.
for (const stream of [process.stdout, process.stderr]) await new Promise((done) => stream.write('', done));
process.exit();
