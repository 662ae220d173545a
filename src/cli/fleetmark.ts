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
