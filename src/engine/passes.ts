// Records and submits a decoder's steps: chunks of a prompt, single tokens, heads; and reads logits and tokens back.
// Knows no sampling rule and no generation.
import type { OperationTime } from '../core/operation-time.ts';
import type { Memory } from './memory.ts';
import { timeOperations } from './operation-times.ts';
import { encodeSteps, type Step } from './step.ts';
import type { Workspace } from './workspace.ts';

export interface StepLists {
  readonly prompt: readonly Step[];
  readonly decode: readonly Step[];
  /** Logits of the decoded rows; of the last rows kept of every sequence's prompt; of many rows of one prompt. */
  readonly head: readonly Step[];
  readonly keptHead: readonly Step[];
  readonly rowsHead: readonly Step[];
  /** Either takes the next token of every sequence from the logits. */
  readonly argmax: readonly Step[];
  readonly sample: readonly Step[];
}

/** How the GPU draws tokens: words 4 to 7 of shaders/state.wgsl. */
export interface Draws {
  readonly seed: number;
  readonly temperature: number;
  /** 0 for all tokens. */
  readonly topK: number;
  /** 1 for all tokens. */
  readonly topP: number;
}

/** One generation's constants. */
export interface Run {
  /** Sequences decoded together. */
  readonly rows: number;
  /** Null: the largest logit. */
  readonly draws: Draws | null;
}

/** A prompt's submits should take this long, ms: short enough for the page's own frames, long enough to hide a round trip. */
const SUBMIT_MS = { least: 20, most: 100 } as const;
/** Fewer tokens in a submit would not be quicker: products take them eight at a time. */
const LEAST_CHUNK = 8;
/** Submits of decode steps whose tokens have not been read. */
export const MAX_IN_FLIGHT = 4;

/** Tokens of one step, on their way to the host. */
export type PendingTokens = Promise<Uint32Array>;

export class Passes {
  readonly work: Workspace;
  private readonly device: GPUDevice;
  private readonly steps: StepLists;
  private readonly vocab: number;
  private readonly logitStaging: GPUBuffer;
  private readonly tokenStaging: readonly GPUBuffer[];
  /** Tokens of a prompt in the next submit. */
  private chunk: number;

  constructor(memory: Memory, work: Workspace, steps: StepLists, vocab: number, firstChunk: number) {
    this.device = memory.device;
    this.work = work;
    this.steps = steps;
    this.vocab = vocab;
    this.chunk = Math.min(firstChunk, work.promptChunk);
    this.logitStaging = memory.staging('logits to read', 4 * work.logitRows * vocab);
    this.tokenStaging = Array.from({ length: MAX_IN_FLIGHT }, (_, i) =>
      memory.staging(`tokens to read ${i}`, 4 * work.batch),
    );
  }

  dispatchesPerToken(context: number): number {
    const shape = { rows: this.work.batch, splits: this.splitsOf(context) };
    const { decode, head, argmax } = this.steps;
    return [...decode, ...head, ...argmax].filter(({ workgroups }) => workgroups(shape)[0] > 0).length;
  }

  /** Times the operations of one decode step whose token would stand at `position`. */
  async timeOperations(position: number): Promise<OperationTime[]> {
    this.writeState(position, 0, this.work.batch);
    const shape = { rows: this.work.batch, splits: this.splitsOf(position + 1) };
    const { decode, head, argmax } = this.steps;
    // The lookup moves the position on: it comes last.
    const [lookup, ...rest] = decode;
    return timeOperations(this.device, [...rest, ...head, ...argmax, lookup!], shape);
  }

  /** Runs a prompt from `position` on, chunk by chunk; logits of the last token or of all. */
  async prompt(
    tokens: readonly number[],
    position: number,
    sequence: number,
    which: 'last' | 'all',
    signal: AbortSignal,
  ): Promise<Float32Array> {
    const all = new Float32Array(which === 'all' ? tokens.length * this.vocab : 0);
    for (let done = 0; done < tokens.length; ) {
      signal.throwIfAborted();
      const began = performance.now();
      const rows = Math.min(this.chunk, tokens.length - done);
      const isLast = done + rows === tokens.length;
      this.submitChunk(tokens.slice(done, done + rows), position + done, sequence);
      if (which === 'all') all.set(await this.logitsOfRows(0, rows), done * this.vocab);
      else if (isLast) return this.logitsOfRows(rows - 1, 1);
      else await this.device.queue.onSubmittedWorkDone();
      done += rows;
      this.adapt(rows, performance.now() - began);
    }
    return all;
  }

  /** Runs a prompt and keeps its last row for `chooseFirst`. */
  async keepPrompt(tokens: readonly number[], sequence: number, signal: AbortSignal): Promise<void> {
    for (let done = 0; done < tokens.length; ) {
      signal.throwIfAborted();
      const began = performance.now();
      const rows = Math.min(this.chunk, tokens.length - done);
      this.submitChunk(tokens.slice(done, done + rows), done, sequence);
      done += rows;
      if (done < tokens.length) {
        await this.device.queue.onSubmittedWorkDone();
        this.adapt(rows, performance.now() - began);
      } else {
        const encoder = this.device.createCommandEncoder({ label: 'keep row' });
        this.copyRow(encoder, rows - 1, sequence);
        this.device.queue.submit([encoder.finish()]);
      }
    }
  }

  /** Runs one token as decoding does, and gives its logits. */
  async step(token: number, position: number): Promise<Float32Array> {
    this.device.queue.writeBuffer(this.work.nextTokens, 0, Uint32Array.of(token));
    this.writeState(position - 1, 0, 1);
    const shape = { rows: 1, splits: this.splitsOf(position + 1) };
    const encoder = this.device.createCommandEncoder({ label: 'token' });
    const pass = encoder.beginComputePass({ label: 'token' });
    encodeSteps(pass, this.steps.decode, shape);
    encodeSteps(pass, this.steps.head, shape);
    pass.end();
    return this.readLogits(encoder, 1);
  }

  /** Chooses the first token of every sequence from the kept rows, `length` tokens being in the cache. */
  chooseFirst(run: Run, length: number, slot: number): PendingTokens {
    this.writeState(length - 1, 0, run.rows);
    if (run.draws) {
      const { seed, temperature, topK, topP } = run.draws;
      const words = new DataView(new ArrayBuffer(16));
      words.setUint32(0, seed, true);
      words.setFloat32(4, temperature, true);
      words.setUint32(8, topK, true);
      words.setFloat32(12, topP, true);
      this.device.queue.writeBuffer(this.work.state, 16, words.buffer);
    }
    const shape = { rows: run.rows, splits: 1 };
    const encoder = this.device.createCommandEncoder({ label: 'first token' });
    const pass = encoder.beginComputePass({ label: 'first token' });
    encodeSteps(pass, this.steps.keptHead, shape);
    encodeSteps(pass, run.draws ? this.steps.sample : this.steps.argmax, shape);
    pass.end();
    return this.readTokens(encoder, run, 0, slot);
  }

  /** The `step`-th decode step of a generation: feeds back what the step before chose, and chooses again. */
  decode(run: Run, context: number, step: number, slot: number): PendingTokens {
    const shape = { rows: run.rows, splits: this.splitsOf(context) };
    const encoder = this.device.createCommandEncoder({ label: 'decode' });
    const pass = encoder.beginComputePass({ label: 'decode' });
    encodeSteps(pass, this.steps.decode, shape);
    encodeSteps(pass, this.steps.head, shape);
    encodeSteps(pass, run.draws ? this.steps.sample : this.steps.argmax, shape);
    pass.end();
    return this.readTokens(encoder, run, step, slot);
  }

  private splitsOf(context: number): number {
    return Math.ceil(context / this.work.split);
  }

  private submitChunk(tokens: readonly number[], position: number, sequence: number): void {
    this.device.queue.writeBuffer(this.work.promptTokens, 0, Uint32Array.from(tokens));
    this.writeState(position, sequence, tokens.length);
    const encoder = this.device.createCommandEncoder({ label: 'prompt' });
    const pass = encoder.beginComputePass({ label: 'prompt' });
    const rows = tokens.length;
    encodeSteps(pass, this.steps.prompt, { rows, splits: this.splitsOf(position + rows) });
    pass.end();
    this.device.queue.submit([encoder.finish()]);
  }

  private writeState(position: number, sequence: number, rows: number): void {
    // Position is one less than zero before the first decode step of an empty context: the step adds one.
    this.device.queue.writeBuffer(this.work.state, 0, Uint32Array.of(position, sequence, rows, 0));
  }

  /** Logits of rows of the last prompt chunk, as many at a time as there is room for. */
  private async logitsOfRows(first: number, count: number): Promise<Float32Array> {
    const { logitRows } = this.work;
    const all = new Float32Array(count * this.vocab);
    for (let done = 0; done < count; done += logitRows) {
      const rows = Math.min(logitRows, count - done);
      const encoder = this.device.createCommandEncoder({ label: 'logits' });
      for (let i = 0; i < rows; i++) this.copyRow(encoder, first + done + i, i);
      const pass = encoder.beginComputePass({ label: 'logits' });
      encodeSteps(pass, count === 1 ? this.steps.keptHead : this.steps.rowsHead, { rows, splits: 1 });
      pass.end();
      all.set(await this.readLogits(encoder, rows), done * this.vocab);
    }
    return all;
  }

  private copyRow(encoder: GPUCommandEncoder, row: number, target: number): void {
    const { stream, chosen, hiddenStride } = this.work;
    const bytes = 4 * hiddenStride;
    encoder.copyBufferToBuffer(stream, row * bytes, chosen, target * bytes, bytes);
  }

  private async readLogits(encoder: GPUCommandEncoder, rows: number): Promise<Float32Array> {
    const bytes = 4 * rows * this.vocab;
    encoder.copyBufferToBuffer(this.work.logits, 0, this.logitStaging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    await this.logitStaging.mapAsync(GPUMapMode.READ, 0, bytes);
    const logits = new Float32Array(this.logitStaging.getMappedRange(0, bytes).slice(0));
    this.logitStaging.unmap();
    return logits;
  }

  private async readTokens(encoder: GPUCommandEncoder, { rows }: Run, step: number, slot: number): PendingTokens {
    const { ring, ringSteps, batch } = this.work;
    const bytes = 4 * rows;
    const staging = this.tokenStaging[slot]!;
    encoder.copyBufferToBuffer(ring, (step % ringSteps) * 4 * batch, staging, 0, bytes);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ, 0, bytes);
    const tokens = new Uint32Array(staging.getMappedRange(0, bytes).slice(0));
    staging.unmap();
    // No logit compares with NaN, so that none is the largest.
    if (tokens.some((token) => token >= this.vocab)) throw new Error(`step ${step}: the logits are not numbers`);
    return tokens;
  }

  /** Larger chunks while they are quick, smaller ones when they hold the GPU too long. */
  private adapt(rows: number, ms: number): void {
    if (rows < this.chunk) return;
    if (ms > SUBMIT_MS.most) this.chunk = Math.max(Math.min(LEAST_CHUNK, this.chunk), Math.ceil(this.chunk / 2));
    else if (ms < SUBMIT_MS.least) this.chunk = Math.min(this.work.promptChunk, 2 * this.chunk);
  }
}
