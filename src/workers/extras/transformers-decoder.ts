// transformers.js on its webgpu device behind the harness's interface. It computes with an onnxruntime-web of its own, from the
// graph that `ort-webgpu` gets; token ids go in and out, so that no tokenizer is loaded. Our own loop calls its `forward`.
import type { DecoderCase } from '../../../models/decoder-cases.ts';
import type { WeightType } from '../../../models/decoder-cost.ts';
import { configOf } from '../../../models/huggingface/config-of.ts';
import type { OnnxFiles } from '../../../models/onnx/writer.ts';
import type { Generation, GenerationRequest, OpenDecoder, RuntimeFacts } from '../../bench/decoder-runtime.ts';
import { generateByFeeding, toNs } from '../../bench/generate.ts';
import { ORT_ABILITIES } from '../../onnx/decoder-session.ts';
import { adapterOf } from '../../onnx/runtime.ts';
import { toNumbers } from '../../onnx/tensors.ts';
import type { DecoderModel } from '../../session/decoder-model.ts';
import type { PreparedDecoder } from '../../session/decoder-runtimes.ts';
import { referenceOf, writeDecoder } from '../ort-decoders.ts';
import { requireRoom } from './context-room.ts';
import type { InstalledExtra } from './installed.ts';

/** The part of transformers.js 4 that is used here. */
interface Tensor {
  readonly type: 'float32' | 'float16' | 'int64';
  readonly data: unknown;
  dispose(): void;
}
interface DynamicCache {
  /** Takes tensors by their input's name, and disposes of those they replace. */
  update(entries: Readonly<Record<string, Tensor>>): void;
  dispose(): Promise<void>;
}
interface Model {
  forward(inputs: Readonly<Record<string, Tensor | DynamicCache>>): Promise<Record<string, Tensor>>;
  dispose(): Promise<unknown>;
}
interface Library {
  readonly Tensor: new (type: 'int64', data: BigInt64Array, dims: readonly number[]) => Tensor;
  readonly DynamicCache: new () => DynamicCache;
  readonly AutoModelForCausalLM: {
    from_pretrained(id: string, options: Readonly<Record<string, unknown>>): Promise<Model>;
  };
  readonly env: {
    allowRemoteModels: boolean;
    allowLocalModels: boolean;
    localModelPath: string;
    useBrowserCache: boolean;
    useWasmCache: boolean;
    fetch: (address: string | URL) => Promise<Response>;
    readonly backends: {
      readonly onnx: {
        readonly versions: { readonly web?: string };
        readonly wasm: { wasmPaths?: unknown; numThreads?: number };
        readonly webgpu: { readonly device: unknown };
      };
    };
  };
}

/** Its word for a type of weights decides the name of the file it asks for. */
const DTYPES: Readonly<Partial<Record<WeightType, { dtype: string; file: string }>>> = {
  f32: { dtype: 'fp32', file: 'model.onnx' },
  f16: { dtype: 'fp16', file: 'model_fp16.onnx' },
  int4: { dtype: 'q4', file: 'model_q4.onnx' },
};

const MODEL_PATH = '/in-memory/';
const MODEL_ID = 'model';

/** Rejects with a RangeError where there is no memory for the file. */
export async function prepareTransformers(
  item: DecoderCase,
  model: DecoderModel,
  installed: InstalledExtra,
): Promise<PreparedDecoder> {
  const { file, positions } = await writeDecoder(item, model);
  return {
    abilities: ORT_ABILITIES,
    open: async () => {
      const library = await loadLibrary(installed);
      const { env } = library;
      const start = performance.now();
      const opened = await openModel(library, file, model, positions);
      const loadNs = toNs(performance.now() - start);
      const { versions, wasm } = env.backends.onnx;
      const gpuAdapter = await adapterOf({ env: env.backends.onnx });
      const facts = {
        runtime: `transformers.js ${installed.version}`,
        ...{ onnxruntime: versions.web ?? 'unknown', device: 'webgpu', generation: 'a loop of ours over forward()' },
        ...(wasm.numThreads === undefined ? {} : { threads: wasm.numThreads }),
        ...(gpuAdapter ? { gpuAdapter } : {}),
      };
      return new TransformersDecoder(library, opened, model.config.vocab, positions, facts, loadNs);
    },
    reference: referenceOf(file, model),
  };
}

/** Its own address for wasm files is another origin's, so that ours is set before anything is opened. */
async function loadLibrary({ url, wasmUrl }: InstalledExtra): Promise<Library> {
  const address = `${url}dist/transformers.min.js`;
  const library = (await import(/* @vite-ignore */ address)) as Library;
  const { env } = library;
  Object.assign(env, { allowRemoteModels: false, allowLocalModels: true, localModelPath: MODEL_PATH });
  // Neither models nor wasm files are kept in the browser: a later version would find them there.
  Object.assign(env, { useBrowserCache: false, useWasmCache: false });
  const wasm = `${wasmUrl}ort-wasm-simd-threaded.asyncify`;
  env.backends.onnx.wasm.wasmPaths = { mjs: `${wasm}.mjs`, wasm: `${wasm}.wasm` };
  return library;
}

/** All that it asks for is answered from memory; what is not there does not exist. */
async function openModel(
  { env, AutoModelForCausalLM }: Library,
  { model: graph, external }: OnnxFiles,
  { config, type, name }: DecoderModel,
  positions: number,
): Promise<Model> {
  const form = DTYPES[type];
  if (!form) throw new RangeError(`${name}: transformers.js has no ${type}`);
  const files: Readonly<Record<string, BodyInit>> = {
    'config.json': JSON.stringify(configOf(config, positions)),
    [`onnx/${form.file}`]: graph as Uint8Array<ArrayBuffer>,
  };
  env.fetch = async (address) => {
    const body = files[String(address).replace(`${MODEL_PATH}${MODEL_ID}/`, '')];
    return new Response(body ?? null, { status: body === undefined ? 404 : 200 });
  };
  return AutoModelForCausalLM.from_pretrained(MODEL_ID, {
    ...{ device: 'webgpu', dtype: form.dtype },
    ...(external.length > 0 ? { session_options: { externalData: external } } : {}),
  });
}

class TransformersDecoder implements OpenDecoder {
  readonly facts: RuntimeFacts;
  readonly vocab: number;
  readonly positions: number;
  readonly opening: OpenDecoder['opening'];
  private readonly library: Library;
  private readonly model: Model;
  private cache: DynamicCache;
  private length = 0;
  private open = true;

  constructor(library: Library, model: Model, vocab: number, positions: number, facts: RuntimeFacts, loadNs: number) {
    this.library = library;
    this.model = model;
    this.cache = new library.DynamicCache();
    this.vocab = vocab;
    this.positions = positions;
    this.facts = facts;
    this.opening = { loadNs, initNs: null };
  }

  async feed(tokens: readonly number[]): Promise<Float32Array> {
    const all = await this.advance(tokens);
    return Float32Array.from({ length: this.vocab }, (_, i) => all[(tokens.length - 1) * this.vocab + i]!);
  }

  async score(tokens: readonly number[]): Promise<Float32Array> {
    await this.reset();
    return Float32Array.from(await this.advance(tokens));
  }

  generate(request: GenerationRequest): Promise<Generation> {
    return generateByFeeding(this, request);
  }

  async reset(): Promise<void> {
    const { cache } = this;
    this.length = 0;
    this.cache = new this.library.DynamicCache();
    await cache.dispose();
  }

  gpuBytes(): null {
    return null;
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    try {
      await this.cache.dispose();
    } finally {
      await this.model.dispose();
    }
  }

  /** Appends the tokens; the logits of all of them, [tokens × vocab]. */
  private async advance(tokens: readonly number[]): Promise<ArrayLike<number>> {
    if (!this.open) throw new Error('this decoder is closed');
    const past = this.length;
    requireRoom(tokens, { vocab: this.vocab, held: past, positions: this.positions });
    const { logits, ...present } = await this.model.forward({
      input_ids: this.ids(tokens),
      attention_mask: this.ids(new Array<number>(past + tokens.length).fill(1)),
      position_ids: this.ids(tokens.map((_, i) => past + i)),
      past_key_values: this.cache,
    });
    this.cache.update(
      Object.fromEntries(
        Object.entries(present).map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
      ),
    );
    this.length += tokens.length;
    const { type, data } = logits!;
    return toNumbers(type, data);
  }

  private ids(values: readonly number[]): Tensor {
    return new this.library.Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
  }
}
