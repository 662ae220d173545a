// What every runtime that can decode looks like to the harness: one interface for our WGSL engine, onnxruntime-web and any
// other, so that all are measured, gated and tested by the same code. Types only: knows no runtime, no model and no clock.
import type { OperationTime } from '../core/operation-time.ts';

/** What a runtime can do. What it cannot is declared here, shown on the page and held to by the conformance suite. */
export interface RuntimeAbilities {
  /** A generation ends within a token of its signal; otherwise only when it is done. */
  readonly abort: boolean;
  /** Time to bring weights to the device is told apart from time to get ready for the first token. */
  readonly splitLoad: boolean;
  /** Gives logits of every position of a prompt in one pass. */
  readonly allLogits: boolean;
  /** Most sequences decoded together. */
  readonly batch: number;
  /** Tells the bytes it holds on the GPU. */
  readonly memory: boolean;
  /** Chooses tokens on the device, so that a generation reads back ids alone. */
  readonly deviceSampling: boolean;
  /** Times the operations of one decode step. */
  readonly operationTimes: boolean;
  /** Raw logits, or log-probabilities, which are the same but for a constant a step. */
  readonly scores: 'logits' | 'log-probabilities';
}

/** Facts a result file keeps: the runtime's name and version above all. */
export type RuntimeFacts = Readonly<Record<string, string | number | boolean>> & { readonly runtime: string };

/** How the next token is chosen. Greedy: the largest logit, the first of equals; so is a draw at temperature 0. */
export type Sampling =
  | { readonly kind: 'greedy' }
  | { readonly kind: 'temperature'; readonly temperature: number; readonly seed: number };

export interface GenerationRequest {
  readonly prompt: readonly number[];
  /** An end-of-text token does not stop a generation: its length is what was asked. */
  readonly newTokens: number;
  readonly sampling?: Sampling;
  readonly signal: AbortSignal;
  /** Told of each token in order, as soon as it is known in JavaScript; its own time falls into the next gap. */
  readonly onToken?: (token: number, index: number) => void;
}

export interface Generation {
  readonly tokens: readonly number[];
  /** From submitting the prompt to its last logits readable; null where the first token comes without them. */
  readonly prefillNs: number | null;
  /** From submitting the prompt to its first new token known. */
  readonly ttftNs: number;
  /** Between consecutive new tokens; one fewer than tokens. */
  readonly gapsNs: readonly number[];
  /** Time the host took to record and submit each decode step; of a runtime that can tell. */
  readonly submitNs?: readonly number[];
}

/** A model open in a runtime, with one context. */
export interface OpenDecoder {
  readonly facts: RuntimeFacts;
  readonly vocab: number;
  /** Most tokens the context holds; null where nothing but memory bounds it. */
  readonly positions: number | null;
  /** Wall time of opening: all of it as `loadNs` where the runtime cannot tell loading from getting ready. */
  readonly opening: { readonly loadNs: number; readonly initNs: number | null };
  /** Appends tokens to the context; resolves with the scores after the last. Rejects for a token that is not in the vocabulary. */
  feed(tokens: readonly number[]): Promise<Float32Array>;
  /** Scores after each of `tokens` from an empty context, [tokens × vocab]; only with the ability `allLogits`. */
  score?(tokens: readonly number[]): Promise<Float32Array>;
  /** From an empty context; rejects with the signal's reason. */
  generate(request: GenerationRequest): Promise<Generation>;
  /** Several sequences at once, from an empty context; only with a batch ability above 1, of a decoder opened for as many. */
  generateBatch?(request: BatchRequest): Promise<BatchGeneration>;
  /** Only with the ability `operationTimes`: one decode step at the present context, timed operation by operation. */
  timeOperations?(): Promise<OperationTime[]>;
  /** Bytes that a decode step reads and writes at such a context, all sequences together; of a runtime that counts its own. */
  stepBytes?(context: number): number;
  /** Empties the context; resolves, where that takes time, once it is done: no clock of the next run should see it. */
  reset(): void | Promise<void>;
  /** Bytes of GPU memory this decoder holds by its own count; null without the ability `memory`. */
  gpuBytes(): number | null;
  close(): Promise<void>;
}

export interface BatchRequest {
  /** One a sequence, all of one length. */
  readonly prompts: readonly (readonly number[])[];
  readonly newTokens: number;
  readonly signal: AbortSignal;
}

export interface BatchGeneration {
  /** Per sequence. */
  readonly tokens: readonly (readonly number[])[];
  /** From submitting the prompts to the first new token of every one known. */
  readonly ttftNs: number;
  /** Between consecutive steps; one fewer than new tokens. */
  readonly gapsNs: readonly number[];
}

export interface OpenRequest<Model> {
  readonly model: Model;
  /** Longest context that will be asked for, tokens. */
  readonly positions: number;
  /** Share of opening that is done, 0 to 1, never falling; called at most a few times a second. */
  readonly onProgress?: (fraction: number) => void;
}

/** A runtime, before any model is open in it. `Model` is what it can open. */
export interface DecoderRuntime<Model> {
  readonly name: string;
  readonly abilities: RuntimeAbilities;
  open(request: OpenRequest<Model>): Promise<OpenDecoder>;
}
