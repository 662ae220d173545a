// This project's engine behind the harness's interface of a decoding runtime. The same in a browser and in Node.
import type { DecoderCase } from '../../models/decoder-cases.ts';
import type {
  BatchGeneration,
  BatchRequest,
  Generation,
  GenerationRequest,
  OpenDecoder,
  RuntimeAbilities,
  RuntimeFacts,
} from '../bench/decoder-runtime.ts';
import { buildInfo } from '../core/build-info.ts';
import type { OperationTime } from '../core/operation-time.ts';
import { Decoder } from '../engine/decoder.ts';
import type { DecoderModel } from './decoder-model.ts';
import type { PreparedDecoder } from './decoder-runtimes.ts';
import { cacheTypeFor } from './wgsl-limit.ts';

/** Sequences the engine is asked to decode together at most. */
export const LARGEST_BATCH = 64;

const ABILITIES: RuntimeAbilities = {
  abort: true,
  splitLoad: true,
  allLogits: true,
  batch: LARGEST_BATCH,
  memory: true,
  deviceSampling: true,
  operationTimes: true,
  scores: 'logits',
};

/** Logits of a step are read back a row a token; what is asked for at once is bounded by this many tokens. */
export async function prepareWgsl(
  { prompt, newTokens, heldout, batch }: DecoderCase,
  model: DecoderModel,
  device: GPUDevice,
): Promise<PreparedDecoder> {
  const longest = Math.max(0, ...((await model.heldout(heldout))?.windows ?? []).map((tokens) => tokens.length));
  const maxContext = Math.max(prompt + newTokens, batch === 1 ? longest : 0);
  return {
    abilities: ABILITIES,
    open: async (onProgress) => {
      const decoder = await Decoder.open(
        device,
        model.weights,
        { weightType: model.type, cacheType: cacheTypeFor(model.type), maxContext, batch },
        { progress: (done, total) => onProgress(done / total) },
      );
      return new WgslDecoder(decoder);
    },
  };
}

class WgslDecoder implements OpenDecoder {
  readonly facts: RuntimeFacts;
  readonly opening: OpenDecoder['opening'];
  private readonly decoder: Decoder;
  private open = true;

  constructor(decoder: Decoder) {
    this.decoder = decoder;
    this.opening = decoder.opening;
    const { maxContext, cacheType } = decoder.settings;
    this.facts = {
      runtime: `fleetmark ${buildInfo.version}`,
      cacheType,
      maxContext,
      dispatchesPerRun: decoder.dispatchesPerToken(maxContext),
    };
  }

  get vocab(): number {
    return this.decoder.config.vocab;
  }

  get positions(): number {
    return this.decoder.settings.maxContext;
  }

  async feed(tokens: readonly number[]): Promise<Float32Array> {
    this.requireOpen();
    return this.decoder.feed(tokens);
  }

  async score(tokens: readonly number[]): Promise<Float32Array> {
    this.requireOpen();
    this.decoder.reset();
    return this.decoder.feedAll(tokens);
  }

  /** The engine chooses or draws each token itself: none makes the round trip to JavaScript before the next step. */
  async generate(request: GenerationRequest): Promise<Generation> {
    this.requireOpen();
    const { prompt, newTokens, signal, onToken, sampling = { kind: 'greedy' } } = request;
    const drawn = sampling.kind === 'temperature' && sampling.temperature > 0;
    let told = 0;
    const { tokens, startNs, timesNs, submitNs } = await this.decoder.generate({
      prompts: [prompt],
      maxTokens: newTokens,
      signal,
      ...(drawn ? { sampling } : {}),
      ...(onToken ? { onToken: ([token]: readonly number[]) => onToken(token!, told++) } : {}),
    });
    // The first choice follows the prompt: the others are decode steps.
    return { tokens: tokens[0]!, prefillNs: null, ...timesOf(startNs, timesNs), submitNs: submitNs.slice(1) };
  }

  async generateBatch({ prompts, newTokens, signal }: BatchRequest): Promise<BatchGeneration> {
    this.requireOpen();
    const { tokens, startNs, timesNs } = await this.decoder.generate({ prompts, maxTokens: newTokens, signal });
    return { tokens, ...timesOf(startNs, timesNs) };
  }

  timeOperations(): Promise<OperationTime[]> {
    this.requireOpen();
    return this.decoder.timeOperations();
  }

  stepBytes(context: number): number {
    return this.decoder.bytesPerToken(context);
  }

  reset(): void {
    this.decoder.reset();
  }

  gpuBytes(): number {
    return this.decoder.bytesHeld;
  }

  async close(): Promise<void> {
    this.open = false;
    this.decoder.close();
  }

  private requireOpen(): void {
    if (!this.open) throw new Error('this decoder is closed');
  }
}

function timesOf(startNs: number, timesNs: readonly number[]): { ttftNs: number; gapsNs: number[] } {
  return { ttftNs: timesNs[0]! - startNs, gapsNs: timesNs.slice(1).map((time, i) => time - timesNs[i]!) };
}
