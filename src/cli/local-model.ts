// The files of a model on this machine, as byte sources: one file, a folder, or a repository or address that is downloaded
// into the user's cache first. The engine in Node and the exporter read them; the page gets them served.
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ByteSource } from '../../models/files/byte-source.ts';
import { isModelFile } from '../../models/files/model-files.ts';
import { HUB } from '../../models/remote/hub.ts';
import { type DownloadPlan, fetchPlan, planDownload } from '../../models/remote/plan.ts';
import { type ModelReference, parseModelReference } from '../../models/remote/reference.ts';
import { keyOf } from '../../models/remote/store.ts';
import { UserError } from '../core/errors.ts';
import { diskStore, modelCacheFolder } from '../native/disk-store.ts';
import { openFileSource } from '../native/file-source.ts';
import type { LocatedModel } from '../native/session-protocol.ts';
import { counted, formatQuantity } from '../report/units.ts';
import { type Interruption, watchInterrupts } from './interruption.ts';
import type { Io } from './io.ts';

export interface LocalModel {
  /** What a result file may say: never a path of this machine. */
  readonly name: string;
  readonly files: readonly ByteSource[];
  /** The same for another process. */
  readonly located: LocatedModel;
}

/** Files of `given`: a path from `cwd`, `hf:owner/name`, or an address. A UserError when there is no such thing. */
export async function openLocalModel(given: string, io: Io): Promise<LocalModel> {
  const reference = parseModelReference(given);
  if (reference.kind !== 'path') return downloadModel(reference, io);
  const path = resolve(io.cwd, reference.path);
  const found = await stat(path).catch(() => null);
  if (!found) throw new UserError(`--model ${given}: no such file`);
  const paths = found.isDirectory() ? await filesIn(path) : [path, ...(await companionsOf(path))];
  if (!paths.some((file) => /\.(gguf|safetensors)$/i.test(file))) {
    throw new UserError(`--model ${given}: no .gguf or .safetensors file in that folder. Name an .onnx file itself`);
  }
  return openLocated({ name: basename(path), files: paths.map((file) => ({ name: basename(file), path: file })) });
}

async function openLocated(located: LocatedModel): Promise<LocalModel> {
  const files: ByteSource[] = [];
  for (const { name, path } of located.files) files.push(await openFileSource(path, name));
  return { name: located.name, files, located };
}

async function filesIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).filter((name) => isModelFile(name) || name.endsWith('.safetensors.index.json'));
  return names.sort().map((name) => join(folder, name));
}

/** What belongs to a safetensors file: the config and tokenizer beside it, and, of a shard, the others with their index. */
async function companionsOf(path: string): Promise<string[]> {
  if (!/\.safetensors$/i.test(path)) return [];
  const isShard = /-\d{5}-of-\d{5}\.safetensors$/i.test(path);
  const beside = await filesIn(dirname(path));
  return beside.filter(
    (file) => file !== path && (file.endsWith('.json') || (isShard && file.endsWith('.safetensors'))),
  );
}

async function downloadModel(reference: Exclude<ModelReference, { kind: 'path' }>, io: Io): Promise<LocalModel> {
  const folder = modelCacheFolder(io.env);
  const store = diskStore(folder);
  const controller = new AbortController();
  const interruption = watchInterrupts(io);
  void interruption.arrival.then(() =>
    controller.abort(new UserError('interrupted: what came is kept, and gone on with')),
  );
  const network = { endpoint: io.env.HF_ENDPOINT || HUB, fetch, signal: controller.signal };
  try {
    const plan = await planDownload(reference, store, network);
    io.stderr.write(`${describePlan(plan, folder)}\n`);
    const tell = tellEvery(io, interruption);
    await fetchPlan(plan, store, network, ({ file, bytes, total }) => tell(file, bytes, total));
    const files = plan.files.map((file) => ({ name: file.name, path: join(folder, keyOf(file)) }));
    return openLocated({ name: plan.name, files });
  } finally {
    interruption.stop();
  }
}

function describePlan({ name, files, bytes, missingBytes }: DownloadPlan, folder: string): string {
  const size = `${name}: ${counted(files.length, 'file')}, ${formatQuantity(bytes, 'bytes')}`;
  return missingBytes === 0
    ? `${size}, all kept in ${folder}`
    : `${size}, ${formatQuantity(missingBytes, 'bytes')} to download into ${folder}`;
}

/** One line at every tenth of the whole. */
function tellEvery(io: Io, interruption: Interruption): (file: string, bytes: number, total: number) => void {
  let told = 0;
  return (file, bytes, total) => {
    const tenths = Math.floor((10 * bytes) / total);
    if (tenths <= told || interruption.came) return;
    told = tenths;
    io.stderr.write(`  ${10 * tenths} % of ${formatQuantity(total, 'bytes')} (${file})\n`);
  };
}
