// A decoder on the GPU: weights loaded once, pipelines and bind groups built once, one pass and one submit a token, the next
// token chosen and fed back without the host. Knows no page and no Node: the device is handed in.

import type { MatrixType } from '../../kernels/common/weights.ts';
import type { DecoderConfig } from '../../models/decoders.ts';
import type { WeightSource } from '../../models/weight-source.ts';
import { LimitError, UserError } from '../core/errors.ts';
import type { OperationTime } from '../core/operation-time.ts';
import { capsOf, isSoftware } from '../gpu/device.ts';
import { withErrorScopes } from '../gpu/scopes.ts';
import { type DeviceForm, formFor } from './form.ts';
import { checkSampling, type Generated, type GenerateRequest, generate } from './generate.ts';
import { engineLimit } from './limits.ts';
import { loadModel, type ModelBuffers } from './load-weights.ts';
import { tableTypeFor } from './matrix.ts';
import { Memory } from './memory.ts';
import { Passes } from './passes.ts';
import { bodySteps, chooseStep, headSteps } from './plan.ts';
import type { PlanContext } from './plan-context.ts';
import { buildSteps } from './step.ts';
import { type CacheType, makeWorkspace } from './workspace.ts';

export interface DecoderSettings {
  /** Type of the layers' matrices; the embedding and the head have the same, but int8 where that is int4. */
  readonly weightType: MatrixType;
  readonly cacheType?: CacheType;
  /** Longest context of a sequence, tokens. */
  readonly maxContext: number;
  /** Sequences decoded together; 1 when absent. */
  readonly batch?: number;
  /** Most tokens of a prompt in one submit; 256 when absent. */
  readonly promptChunk?: number;
  /** Changes to how threads work together, which else the adapter decides: for tests and tuners. */
  readonly form?: Partial<DeviceForm>;
}

export interface OpenOptions {
  /** Called after each tensor. */
  readonly progress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** One call at a time: a decoder has one context, and one buffer that its answers are read through. */
export class Decoder {
  readonly config: DecoderConfig;
  readonly settings: Required<DecoderSettings>;
  /** How long the weights took to stand on the device, and everything else to be ready after that, ns. */
  readonly opening: { readonly loadNs: number; readonly initNs: number };
  private readonly memory: Memory;
  private readonly passes: Passes;
  private readonly weightBytesPerStep: number;
  private held = 0;

  private constructor(
    { config, model }: PlanContext,
    settings: Required<DecoderSettings>,
    memory: Memory,
    passes: Passes,
    opening: Decoder['opening'],
  ) {
    this.config = config;
    this.opening = opening;
    this.settings = settings;
    this.memory = memory;
    this.passes = passes;
    this.weightBytesPerStep = bytesPerStep(config, model);
  }

  /** Loads the weights and compiles every shader. Leaves nothing behind when it rejects. */
  static async open(
    device: GPUDevice,
    source: WeightSource,
    settings: DecoderSettings,
    { progress = () => {}, signal = new AbortController().signal }: OpenOptions = {},
  ): Promise<Decoder> {
    const { config } = source;
    const full = { cacheType: 'f32', batch: 1, promptChunk: 256, form: {}, ...settings } as const;
    const reason = engineLimit(config, full, device.limits);
    if (reason) throw new LimitError(`${config.name}: ${reason}`);
    const memory = new Memory(device, config.name);
    try {
      return await withErrorScopes(device, `${config.name} ${full.weightType}`, async () => {
        const caps = capsOf(device);
        const form = { ...formFor(caps, isSoftware(device.adapterInfo)), ...full.form };
        const { weightType } = full;
        const loading = { weightType, tableType: tableTypeFor(weightType), progress, signal };
        const began = performance.now();
        const model = await loadModel(memory, source, loading);
        await device.queue.onSubmittedWorkDone();
        const loaded = performance.now();
        const work = makeWorkspace(memory, config, { ...full, split: Math.min(full.maxContext, form.split) });
        const context: PlanContext = { config, caps, form, model, work };
        const [prompt, decode, head, keptHead, rowsHead, argmax, sample] = await Promise.all([
          buildSteps(device, bodySteps(context, 'prompt')),
          buildSteps(device, bodySteps(context, 'decode')),
          buildSteps(device, headSteps(context, work.stream, work.batch)),
          buildSteps(device, headSteps(context, work.chosen, work.batch)),
          buildSteps(device, headSteps(context, work.chosen, work.logitRows)),
          buildSteps(device, [chooseStep(context, 'argmax')]),
          buildSteps(device, [chooseStep(context, 'sample')]),
        ]);
        signal.throwIfAborted();
        const steps = { prompt, decode, head, keptHead, rowsHead, argmax, sample };
        const passes = new Passes(memory, work, steps, config.vocab, form.firstChunk);
        const opening = { loadNs: (loaded - began) * 1e6, initNs: (performance.now() - loaded) * 1e6 };
        return new Decoder(context, full, memory, passes, opening);
      });
    } catch (error) {
      memory.release();
      throw error;
    }
  }

  /** Bytes of every buffer this decoder made and has not destroyed. */
  get bytesHeld(): number {
    return this.memory.bytesHeld;
  }

  /** Tokens in the cache. */
  get length(): number {
    return this.held;
  }

  /** Dispatches of one decoded token whose context is `context` tokens long, the token included. */
  dispatchesPerToken(context: number): number {
    return this.passes.dispatchesPerToken(context);
  }

  /**
   * Bytes one decoded token must move at least: every weight that it is multiplied with once, and the cache of `context`
   * tokens (of a window's layers no more than the window), the token included, of every sequence. Of experts, those of
   * one token: a batch may choose the same.
   */
  bytesPerToken(context: number): number {
    const { batch, cacheType } = this.settings;
    const { layers, kvHeads, headDim, slidingWindow } = this.config;
    const tokenBytes = 2 * kvHeads * headDim * (cacheType === 'f32' ? 4 : 2);
    let tokens = 0;
    for (let layer = 0; layer < layers; layer++) {
      tokens += slidingWindow?.layers[layer] ? Math.min(context, slidingWindow.tokens) : context;
    }
    return this.weightBytesPerStep + batch * tokens * tokenBytes;
  }

  /** Times the operations of one decode step at the present context; the context itself is kept. */
  timeOperations(): Promise<OperationTime[]> {
    this.requireRoom(1, this.held);
    return this.passes.timeOperations(this.held);
  }

  /** Forgets the context. */
  reset(): void {
    this.held = 0;
  }

  /** Keeps the first `length` tokens of the context. */
  truncate(length: number): void {
    if (!(Number.isInteger(length) && length >= 0 && length <= this.held)) {
      throw new UserError(`cannot cut a context of ${this.held} tokens to ${length}`);
    }
    this.held = length;
  }

  /** Pretends a context of `depth` tokens, whatever the cache holds there: for times at a depth, not for answers. */
  fill(depth: number): void {
    this.requireRoom(depth, 0);
    this.held = depth;
  }

  /** Appends tokens to the context of one sequence; the logits behind the last of them. */
  feed(tokens: readonly number[], options: { sequence?: number; signal?: AbortSignal } = {}): Promise<Float32Array> {
    return this.append(tokens, 'last', options);
  }

  /** Appends tokens; the logits behind each of them, one row of `vocab` a token. */
  feedAll(tokens: readonly number[], options: { sequence?: number; signal?: AbortSignal } = {}): Promise<Float32Array> {
    return this.append(tokens, 'all', options);
  }

  /** Writes tokens behind the prompt, from an empty context, until there are enough or one of `stopTokens` is met. */
  async generate(request: GenerateRequest): Promise<Generated> {
    const { prompts } = request;
    const [first] = prompts;
    const { batch } = this.settings;
    if (!first || prompts.length > batch || prompts.some(({ length }) => length !== first.length)) {
      const lengths = prompts.map(({ length }) => length).join(', ');
      throw new UserError(`this decoder takes 1 to ${batch} prompts of one length; got lengths [${lengths}]`);
    }
    if (request.sampling) checkSampling(request.sampling);
    this.reset();
    this.requireRoom(first.length + request.maxTokens - 1, 0);
    for (const prompt of prompts) this.requireTokens(prompt);
    const generated = await generate(this.passes, request);
    this.held = first.length + generated.tokens[0]!.length - 1;
    return generated;
  }

  /** Destroys every buffer. The decoder is of no use after. */
  close(): void {
    this.memory.release();
  }

  private async append(
    tokens: readonly number[],
    which: 'last' | 'all',
    { sequence = 0, signal = new AbortController().signal }: { sequence?: number; signal?: AbortSignal },
  ): Promise<Float32Array> {
    this.requireTokens(tokens);
    this.requireRoom(tokens.length, this.held);
    signal.throwIfAborted();
    const logits =
      tokens.length === 1 && this.settings.batch === 1
        ? await this.passes.step(tokens[0]!, this.held)
        : await this.passes.prompt(tokens, this.held, sequence, which, signal);
    this.held += tokens.length;
    return logits;
  }

  private requireTokens(tokens: readonly number[]): void {
    if (tokens.length === 0) throw new UserError('no token to feed');
    const wrong = tokens.find((token) => !(Number.isInteger(token) && token >= 0 && token < this.config.vocab));
    if (wrong !== undefined) throw new UserError(`token ${wrong} is not one of this model's ${this.config.vocab}`);
  }

  private requireRoom(tokens: number, held: number): void {
    const { maxContext } = this.settings;
    if (held + tokens > maxContext) {
      throw new UserError(`${held} + ${tokens} tokens are more than this decoder's context of ${maxContext}`);
    }
  }
}

/** Bytes of the matrices that a step must read at least, whatever its batch. */
function bytesPerStep({ experts }: DecoderConfig, { head, layers }: ModelBuffers): number {
  const share = experts ? experts.perToken / experts.count : 1;
  const layerBytes = layers.map(
    ({ qkv, o, router, gateUp, down }) =>
      qkv.bytes + o.bytes + (router?.matrix.bytes ?? 0) + share * (gateUp.bytes + down.bytes),
  );
  return layerBytes.reduce((sum, bytes) => sum + bytes, head.bytes);
}
