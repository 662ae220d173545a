// `fleetmark bundle`: the running Node, the built runner and Dawn in one archive, for Linux x64 machines that have neither
// a network nor Node.
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { buildInfo } from '../../core/build-info.ts';
import { EXIT, type ExitCode, messageOf, UserError } from '../../core/errors.ts';
import { findSwiftShader } from '../../native/dawn.ts';
import { formatQuantity } from '../../report/units.ts';
import { type BundleFile, bundleContents, bundleReadme, LAUNCHER } from '../bundle/contents.ts';
import type { Io } from '../io.ts';
import { requireWritable } from '../result-store.ts';

/** What still goes through an ordinary upload and a slow line. */
const LIMIT_BYTES = 40 * 2 ** 20;
const DEFAULT_OUT = 'dist/fleetmark-linux-x64.tar.xz';
/** The filter for machine code takes a twentieth off; beyond preset 8 only time and memory grow. */
const XZ = 'xz --threads=1 --x86 --lzma2=preset=8';

export function mountBundle(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  program
    .command('bundle')
    .description(
      'pack Node, the native runner and Dawn into one archive for Linux x64 machines without Node or network',
    )
    .option('--out <file>', `where to write it (default: ${DEFAULT_OUT})`)
    .action(async ({ out }: { out?: string }) => finish(await bundleCommand(out, io)));
}

async function bundleCommand(out: string | undefined, io: Io): Promise<ExitCode> {
  requireTools();
  const path = out === undefined ? join(io.packageFolder, DEFAULT_OUT) : resolve(io.cwd, out);
  await requireWritable(path, io.cwd);
  const stage = await mkdtemp(join(tmpdir(), 'fleetmark-bundle-'));
  try {
    const { packageFolder } = io;
    const contents = bundleContents({ node: process.execPath, packageFolder, drivers: findSwiftShader() });
    await fill(stage, contents, io);
    io.stderr.write('compressing, which takes a minute\n');
    run('tar', [
      '-C',
      stage,
      '--sort=name',
      '--owner=0',
      '--group=0',
      '-I',
      XZ,
      '-cf',
      path,
      ...(await readdir(stage)),
    ]);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  const { size } = await stat(path);
  io.stdout.write(`${relative(io.cwd, path) || path}: ${formatQuantity(size, 'bytes')} (${size} bytes)\n`);
  if (size <= LIMIT_BYTES) return EXIT.ok;
  io.stderr.write(`that is more than the ${formatQuantity(LIMIT_BYTES, 'bytes')} a bundle may have\n`);
  return EXIT.failed;
}

function requireTools(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new UserError(
      `a bundle is packed on the platform it is for, Linux x64; this is ${process.platform} ${process.arch}`,
    );
  }
  for (const [tool, hint] of [
    ['tar', 'GNU tar'],
    ['xz', 'xz-utils on Debian and Ubuntu, xz elsewhere'],
  ] as const) {
    const { error } = spawnSync(tool, ['--version'], { stdio: 'ignore' });
    if (error) throw new UserError(`bundle needs '${tool}', which this machine lacks. Install it: ${hint}`);
  }
}

async function fill(stage: string, contents: readonly BundleFile[], io: Io): Promise<void> {
  const canStrip = !spawnSync('strip', ['--version'], { stdio: 'ignore' }).error;
  if (!canStrip) io.stderr.write("no 'strip' here (binutils): the bundle keeps symbols and is larger\n");
  for (const { from, to, binary } of contents) {
    const target = join(stage, to);
    await mkdir(dirname(target), { recursive: true });
    await cp(from, target, { recursive: true, dereference: true }).catch((error: unknown) => {
      throw new UserError(`bundle: ${from} cannot be copied (${messageOf(error)}). Run: npm run bundle`);
    });
    if (binary && canStrip) run('strip', ['--strip-unneeded', target]);
  }
  await writeFile(join(stage, 'lib', 'package.json'), '{ "type": "module" }\n');
  await writeFile(join(stage, 'README.txt'), bundleReadme(buildInfo.version, process.versions.node));
  await writeFile(join(stage, 'fleetmark'), LAUNCHER);
  for (const program of ['fleetmark', 'lib/bin/node']) await chmod(join(stage, program), 0o755);
}

function run(command: string, args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error ? messageOf(error) : stderr.trim()}`);
}
