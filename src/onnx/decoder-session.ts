// One open decoder: feeds tokens, keeps the cache where the provider computes, gives the logits of the last position.
// Knows nothing of time and of what the logits are compared with.

import type { ModelRuntime } from '../../models/decoder-cases.ts';
import type { DecoderIo } from './decoder-io.ts';
import { readRow } from './gpu-row.ts';
import { type NamedModel, openModel } from './open-model.ts';
import { consoleTapOf, loadRuntime, type Ort, type Session, type SessionOptions, type Tensor } from './runtime.ts';

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
export function openingOptions(runtime: ModelRuntime, options: OpenOptions): SessionOptions {
  return {
    executionProviders: [runtime === 'ort-webgpu' ? 'webgpu' : 'wasm'],
    ...(options.profile ? { enableProfiling: true } : {}),
    ...(options.refuseCpu ? { extra: { session: { disable_cpu_ep_fallback: '1' } } } : {}),
  };
}

export class DecoderSession {
  /** Tokens in the cache. */
  private length = 0;
  private cache: Readonly<Record<string, Tensor>> = {};
  private readonly ort: Ort;
  private readonly session: Session;
  private readonly io: DecoderIo;

  private constructor(ort: Ort, session: Session, io: DecoderIo) {
    this.ort = ort;
    this.session = session;
    this.io = io;
  }

  /** The cache, and the logits but for one row, stay where the provider computes. */
  static async open(runtime: ModelRuntime, model: DecoderModel, options: OpenOptions = {}): Promise<DecoderSession> {
    const ort = await loadRuntime(runtime);
    const session = await openModel(ort, model, {
      ...openingOptions(runtime, options),
      ...(runtime === 'ort-webgpu' ? { preferredOutputLocation: 'gpu-buffer' } : {}),
    });
    return new DecoderSession(ort, session, model.io);
  }

  /** Appends tokens to the context; resolves with the logits after the last, readable in JavaScript. */
  async feed(tokens: readonly number[]): Promise<Float32Array> {
    const outputs = await this.session.run(this.feeds(tokens));
    this.length += tokens.length;
    const { logits, ...rest } = outputs;
    const present = Object.entries(rest).filter(([name]) => name.startsWith('present.'));
    this.dropCache();
    this.cache = Object.fromEntries(
      present.map(([name, tensor]) => [name.replace('present', 'past_key_values'), tensor]),
    );
    try {
      return await readRow(this.ort, logits!, tokens.length - 1);
    } finally {
      logits!.dispose();
    }
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
