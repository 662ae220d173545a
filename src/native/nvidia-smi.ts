// Power of an NVIDIA GPU through `nvidia-smi`, sampled beside the run. Its limits: the driver refreshes the figure about
// every 20 to 100 ms and, where only `power.draw` is there, averages it over up to a second; a sample is stamped when its
// line arrives; the figure is the whole board's, whoever else works on it.
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { PowerMeter, PowerSample, PowerSource } from '../bench/energy.ts';
import { messageOf } from '../core/errors.ts';

const PERIOD_MS = 50;
const START_LIMIT_MS = 10_000;
const FIGURES = ['power.draw.instant', 'power.draw'] as const;

export interface SmiGpu {
  readonly index: number;
  readonly name: string;
  /** W by each figure that the driver knows; null for one that it does not. */
  readonly watts: readonly (number | null)[];
}

/** Lines of `--query-gpu=index,name,<figures> --format=csv,noheader,nounits`; a line that is none is left out. */
export function parseSmiGpus(text: string): SmiGpu[] {
  return text.split('\n').flatMap((line) => {
    const [index = '', ...rest] = line.split(',').map((part) => part.trim());
    const watts = rest.slice(-FIGURES.length).map(parseWatts);
    // A name may hold a comma.
    const name = rest.slice(0, -FIGURES.length).join(', ');
    return /^\d+$/.test(index) && name !== '' ? [{ index: Number(index), name, watts }] : [];
  });
}

/** `[N/A]`, `[Not Supported]` and an error text are no figures. */
export function parseWatts(text: string): number | null {
  return /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : null;
}

/** The GPU that an adapter of this name is, or why none can be told to be. */
export function matchGpu(gpus: readonly SmiGpu[], adapter: string): SmiGpu | string {
  const found = gpus.filter(({ name }) => adapter.includes(name) || adapter.includes(name.replace(/^NVIDIA\s+/i, '')));
  if (found.length === 1) return found[0]!;
  if (found.length > 1)
    return `nvidia-smi shows ${found.length} GPUs named ${found[0]!.name}: which one runs cannot be told`;
  return `nvidia-smi shows no GPU that the adapter '${adapter}' could be`;
}

/** What starts a meter, or why there is none. `adapter`: every name the adapter gives of itself. */
export function findPowerMeter(adapter: string): PowerSource {
  const query = `--query-gpu=index,name,${FIGURES.join(',')}`;
  const format = '--format=csv,noheader,nounits';
  const listed = spawnSync('nvidia-smi', [query, format], { encoding: 'utf8', timeout: START_LIMIT_MS });
  if (listed.error) return `nvidia-smi is not here (${messageOf(listed.error)})`;
  if (listed.status !== 0) return `nvidia-smi failed: ${(listed.stderr || listed.stdout).trim().split('\n', 1)[0]}`;
  const gpu = matchGpu(parseSmiGpus(listed.stdout), adapter);
  if (typeof gpu === 'string') return gpu;
  const figure = gpu.watts.findIndex((watts) => watts !== null);
  if (figure < 0) return `nvidia-smi knows no power of ${gpu.name}`;
  const name = FIGURES[figure]!;
  const args = [`--query-gpu=${name}`, format, '-i', String(gpu.index), '-lms', String(PERIOD_MS)];
  return () => startMeter(args, `nvidia-smi ${name}`);
}

function startMeter(args: readonly string[], source: string): PowerMeter {
  const samples: PowerSample[] = [];
  const child = spawn('nvidia-smi', args, { stdio: ['ignore', 'pipe', 'ignore'] });
  // A meter that dies leaves too few samples, and its rows say so.
  child.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const watts = parseWatts(line);
    if (watts !== null) samples.push({ atMs: performance.now(), watts });
  });
  const close = (): void => {
    process.off('exit', close);
    child.kill();
  };
  process.once('exit', close);
  return { source, samples, close };
}
