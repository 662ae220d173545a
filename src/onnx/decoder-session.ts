// A decoder open in onnxruntime-web, behind the harness's interface: feeds tokens, keeps the cache where the provider
// computes, gives the logits of the last position. Knows nothing of what the logits are compared with.

import type {
  DecoderRuntime,
  Generation,
  GenerationRequest,
  OpenDecoder,
  RuntimeAbilities,
  RuntimeFacts,
} from '../bench/decoder-runtime.ts';
import { generateByFeeding, toNs } from '../bench/generate.ts';
import type { DecoderIo } from './decoder-io.ts';
import { readRow } from './gpu-row.ts';
import { type NamedModel, openModel } from './open-model.ts';
import {
  adapterOf,
  consoleTapOf,
  loadRuntime,
  type Ort,
  type OrtName,
  type Session,
  type SessionOptions,
  type Tensor,
} from './runtime.ts';
import { tensorNumbers } from './tensors.ts';

export interface OpenOptions {
  /** Collects the runtime's profile; slows every run. */
  readonly profile?: boolean;
  /** Makes a node that would run on the CPU an error. */
  readonly refuseCpu?: boolean;
}

/** A decoder's model, and what it must be fed. */
export interface DecoderModel extends NamedModel {
  readonly io: DecoderIo;
}

/** How a session is to be opened, as the runtime's options. */
export function openingOptions(runtime: OrtName, options: OpenOptions): SessionOptions {
  return {
    executionProviders: [runtime === 'ort-webgpu' ? 'webgpu' : 'wasm'],
    ...(options.profile ? { enableProfiling: true } : {}),
    ...(options.refuseCpu ? { extra: { session: { disable_cpu_ep_fallback: '1' } } } : {}),
  };
}

/** Prompt tokens are drawn below this where the file leaves the vocabulary open. */
const SAFE_VOCAB = 256;

/** Its webgpu provider has no count of the memory it holds, and one session call is one forward pass that cannot be stopped. */
export const ORT_ABILITIES: RuntimeAbilities = {
  abort: true,
  splitLoad: false,
  allLogits: true,
  batch: 1,
  memory: false,
  deviceSampling: false,
  operationTimes: false,
  scores: 'logits',
};

/** onnxruntime-web on one of its providers, as the harness sees it. */
export function ortRuntime(name: OrtName): DecoderRuntime<DecoderModel> {
  return { name, abilities: ORT_ABILITIES, open: ({ model }) => DecoderSession.open(name, model) };
}

export class DecoderSession implements OpenDecoder {
  readonly facts: RuntimeFacts;
  readonly opening: OpenDecoder['opening'];
  /** The rotary tables of the file bound it, which only the file's writer knows. */
  readonly positions = null;
  /** Tokens in the cache. */
  private length = 0;
  private cache: Readonly<Record<string, Tensor>> = {};
  private open = true;
  private readonly ort: Ort;
  private readonly session: Session;
  private readonly io: DecoderIo;

  private constructor(ort: Ort, session: Session, io: DecoderIo, facts: RuntimeFacts, loadNs: number) {
    this.ort = ort;
    this.session = session;
    this.io = io;
    this.facts = facts;
    this.opening = { loadNs, initNs: null };
  }

  /** The cache, and the logits but for one row, stay where the provider computes. */
  static async open(runtime: OrtName, model: DecoderModel, options: OpenOptions = {}): Promise<DecoderSession> {
    const ort = await loadRuntime(runtime);
    const start = performance.now();
    const session = await openModel(ort, model, {
      ...openingOptions(runtime, options),
      ...(runtime === 'ort-webgpu' ? { preferredOutputLocation: 'gpu-buffer' } : {}),
    });
    const loadNs = toNs(performance.now() - start);
    const gpuAdapter = runtime === 'ort-webgpu' ? await adapterOf(ort) : null;
    const facts = {
      runtime: `onnxruntime-web ${ort.env.versions.web ?? ort.env.versions.common}`,
      threads: ort.env.wasm.numThreads ?? 1,
      ...(gpuAdapter ? { gpuAdapter } : {}),
    };
    return new DecoderSession(ort, session, model.io, facts, loadNs);
  }

  get vocab(): number {
    return this.io.vocab ?? SAFE_VOCAB;
  }

  generate(request: GenerationRequest): Promise<Generation> {
    return generateByFeeding(this, request);
  }

  gpuBytes(): null {
    return null;
  }

  /** Appends tokens to the context; resolves with the logits after the last, readable in JavaScript. */
  async feed(tokens: readonly number[]): Promise<Float32Array> {
    const logits = await this.advance(tokens);
    try {
      return await readRow(this.ort, logits, tokens.length - 1);
    } finally {
      logits.dispose();
    }
  }

  async score(tokens: readonly number[]): Promise<Float32Array> {
    this.reset();
    const logits = await this.advance(tokens);
    try {
      return Float32Array.from(await tensorNumbers(logits));
    } finally {
      logits.dispose();
    }
  }

  /** Runs the tokens; the logits of all of them, to be disposed of. */
  private async advance(tokens: readonly number[]): Promise<Tensor> {
    if (!this.open) throw new Error('this decoder is closed');
    const { vocab } = this.io;
    const foreign = tokens.find(
      (token) => !(token >= 0 && Number.isInteger(token) && (vocab === null || token < vocab)),
    );
    if (foreign !== undefined) throw new RangeError(`token ${foreign} is not in the vocabulary of ${vocab}`);
    const outputs = await this.session.run(this.feeds(tokens));
    this.length += tokens.length;
    const { logits, ...rest } = outputs;
    const present = Object.entries(rest).filter(([name]) => name.startsWith('present.'));
    this.dropCache();
    this.cache = Object.fromEntries(
      present.map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
    );
    return logits!;
  }

  /** Empties the context. */
  reset(): void {
    this.dropCache();
    this.length = 0;
  }

  /** Ends profiling and gives the runtime's lines; only for a session opened with `profile`. */
  async takeProfile(): Promise<string[]> {
    const tap = await consoleTapOf(this.ort);
    return tap.capture(async () => this.session.endProfiling());
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    this.reset();
    await this.session.release();
  }

  private dropCache(): void {
    for (const tensor of Object.values(this.cache)) tensor.dispose();
    this.cache = {};
  }

  private feeds(tokens: readonly number[]): Record<string, Tensor> {
    const { ort, io, length } = this;
    const count = tokens.length;
    const int64 = (values: BigInt64Array): Tensor => new ort.Tensor('int64', values, [1, values.length]);
    const feeds: Record<string, Tensor> = {
      input_ids: int64(BigInt64Array.from(tokens, BigInt)),
      attention_mask: int64(new BigInt64Array(length + count).fill(1n)),
      ...(length > 0 ? this.cache : this.emptyCache()),
    };
    if (io.wantsPositions) feeds.position_ids = int64(BigInt64Array.from(tokens, (_, i) => BigInt(length + i)));
    return feeds;
  }

  private emptyCache(): Record<string, Tensor> {
    const { layers, kvHeads, headDim, cacheType } = this.io;
    const dims = [1, kvHeads, 0, headDim];
    const empty = (): Tensor =>
      cacheType === 'float16'
        ? new this.ort.Tensor('float16', new Uint16Array(0), dims)
        : new this.ort.Tensor('float32', new Float32Array(0), dims);
    return Object.fromEntries(
      Array.from({ length: layers }, (_, layer) =>
        ['key', 'value'].map((part) => [`past_key_values.${layer}.${part}`, empty()] as const),
      ).flat(),
    );
  }
}
