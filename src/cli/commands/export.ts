// `fleetmark export MODEL --to FORMAT --out FILE`: a model's weights in another file format, so that other runtimes compute with
// the very same numbers.
import { access, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import type { AttentionForm } from '../../../models/decoder-cases.ts';
import type { WeightType } from '../../../models/decoder-cost.ts';
import { type ByteSource, readBytes } from '../../../models/files/byte-source.ts';
import { type LoadedModel, openModelFiles } from '../../../models/files/model-files.ts';
import { GGUF_EXPORT_TYPES, type GgufExportType, writeGguf } from '../../../models/gguf/writer.ts';
import { configOf } from '../../../models/huggingface/config-of.ts';
import { buildDecoderGraph } from '../../../models/onnx/decoder-graph.ts';
import { storedFills } from '../../../models/onnx/weight-fills.ts';
import { writeModel } from '../../../models/onnx/writer.ts';
import {
  SAFETENSORS_EXPORT_TYPES,
  type SafetensorsExportType,
  writeSafetensors,
} from '../../../models/safetensors/writer.ts';
import { EXIT, type ExitCode, UserError, unknownValue } from '../../core/errors.ts';
import { formatQuantity } from '../../report/units.ts';
import type { Io } from '../io.ts';
import { openLocalModel } from '../local-model.ts';
import { requireWritable } from '../result-store.ts';

/** Formats and the types each is written in; the first is the default. */
const FORMATS = {
  onnx: ['f32', 'f16', 'int4'],
  gguf: GGUF_EXPORT_TYPES,
  safetensors: SAFETENSORS_EXPORT_TYPES,
} as const;
type Format = keyof typeof FORMATS;

interface ExportFlags {
  readonly to: Format;
  readonly out: string;
  readonly type?: string;
  readonly attention: AttentionForm;
  readonly context?: string;
}

/** The trained model of this package. */
const TINY = 'tiny';
/** Tokens of context where neither the model nor --context says; an ONNX file has tables as long as that. */
const CONTEXT = 2048;
const LONGEST_TABLES = 8192;

export function mountExport(program: Command, io: Io, finish: (exitCode: ExitCode) => void): void {
  const types = Object.entries(FORMATS).map(([format, names]) => `${format}: ${names.join(', ')}`);
  program
    .command('export')
    .description('write a model’s weights in another file format')
    .argument('<model>', `${TINY}, a .gguf file, a folder with safetensors, hf:owner/name, or an address`)
    .addOption(new Option('--to <format>', 'file format').choices(Object.keys(FORMATS)).makeOptionMandatory())
    .requiredOption('--out <file>', 'where to write it')
    .option('--type <type>', `element type (${types.join('; ')}; default: the first)`)
    .addOption(
      new Option('--attention <form>', 'how an ONNX graph writes attention').choices(['plain', 'gqa']).default('plain'),
    )
    .option('--context <n>', 'longest context, tokens (default: the model’s own)')
    .action(async (model, flags) => finish(await exportCommand(model, flags, io)));
}

async function exportCommand(given: string, flags: ExportFlags, io: Io): Promise<ExitCode> {
  const type = typeOf(flags);
  const { files, name } = await openLocalModel(given === TINY ? join(io.packageFolder, 'models/tiny') : given, io);
  const model = await openModelFiles(files, name);
  const context = contextOf(flags.context, model);
  const path = resolve(io.cwd, flags.out);
  await requireWritable(flags.out, io.cwd);
  if (flags.to === 'onnx')
    await exportOnnx(model, type as WeightType, flags.attention, Math.min(context, LONGEST_TABLES), path, io);
  else if (flags.to === 'gguf') await exportGguf(model, type as GgufExportType, context, path, io);
  else await exportSafetensors(model, files, type as SafetensorsExportType, context, path, io);
  return EXIT.ok;
}

function typeOf({ to, type }: ExportFlags): string {
  const known: readonly string[] = FORMATS[to];
  if (type === undefined) return known[0]!;
  return (
    known.find((name) => name.toLowerCase() === type.toLowerCase()) ?? unknownValue(`--type for ${to}`, type, known)
  );
}

function contextOf(given: string | undefined, { contextLength }: LoadedModel): number {
  if (given === undefined) return contextLength ?? CONTEXT;
  if (/^[1-9]\d{0,6}$/.test(given)) return Number(given);
  throw new UserError(`--context '${given}': must be a whole number of tokens, at least 1`);
}

async function exportOnnx(
  { weights }: LoadedModel,
  type: WeightType,
  attention: AttentionForm,
  positions: number,
  path: string,
  io: Io,
): Promise<void> {
  const graph = buildDecoderGraph(weights.config, { type, attention, positions, weights: storedFills(weights) });
  // Weights outside are named after the graph; they belong to this file and are named after it.
  const { model, external } = await writeModel({ ...graph, name: basename(path, '.onnx') });
  for (const { path: name, data } of external) await writePieces(join(dirname(path), name), [data], io);
  await writePieces(path, [model], io);
}

async function exportGguf(
  model: LoadedModel,
  type: GgufExportType,
  contextLength: number,
  path: string,
  io: Io,
): Promise<void> {
  const tokenizer = model.ggufTokenizer ?? [];
  if (tokenizer.length === 0)
    io.stderr.write(`${model.name}: written without a tokenizer: GGUF has no name for this kind\n`);
  await writePieces(path, writeGguf(model.weights, { type, contextLength, tokenizer }), io);
}

/** With what any reader needs beside it: config.json, and the tokenizer's files where the model came with them. */
async function exportSafetensors(
  { weights }: LoadedModel,
  files: readonly ByteSource[],
  type: SafetensorsExportType,
  contextLength: number,
  path: string,
  io: Io,
): Promise<void> {
  const config = join(dirname(path), 'config.json');
  const isThere = await access(config).then(
    () => true,
    () => false,
  );
  if (isThere) throw new UserError(`${config} is there already: give --out a folder of its own`);
  await writePieces(path, writeSafetensors(weights, type), io);
  await writePieces(
    config,
    [new TextEncoder().encode(`${JSON.stringify(configOf(weights.config, contextLength), null, 2)}\n`)],
    io,
  );
  for (const file of files.filter(({ name }) => /^tokenizer(_config)?\.json$/.test(name))) {
    await writePieces(join(dirname(path), file.name), [await readBytes(file, 0, file.size, 'JSON')], io);
  }
}

/** Whole or not at all: what is under way has another name. */
async function writePieces(
  path: string,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  io: Io,
): Promise<void> {
  const part = `${path}.part`;
  let bytes = 0;
  try {
    const handle = await open(part, 'w');
    try {
      for await (const piece of pieces) {
        await handle.writeFile(piece);
        bytes += piece.length;
      }
    } finally {
      await handle.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
  io.stdout.write(`wrote ${path}: ${formatQuantity(bytes, 'bytes')}\n`);
}
