// wllama (llama.cpp built to wasm) behind the harness's interface. It tells probabilities, never logits, and their logarithm
// serves as scores. Its versions 3 and later have no way to feed tokens, so that version 2 is asked for.
import type {
  Generation,
  GenerationRequest,
  OpenDecoder,
  RuntimeAbilities,
  RuntimeFacts,
} from '../../bench/decoder-runtime.ts';
import { generateByFeeding, toNs } from '../../bench/generate.ts';
import type { DecoderModel } from '../../session/decoder-model.ts';
import type { PreparedDecoder } from '../../session/decoder-runtimes.ts';
import { requireRoom } from './context-room.ts';
import { ggufOf } from './gguf-of-model.ts';
import type { InstalledExtra } from './installed.ts';

/** The part of wllama 2 that is used here. */
interface Wllama {
  loadModel(files: Blob[], settings: Readonly<Record<string, unknown>>): Promise<void>;
  decode(tokens: number[], options: { abortSignal?: AbortSignal }): Promise<unknown>;
  getLogits(count: number): Promise<{ token: number; p: number }[]>;
  kvClear(): Promise<void>;
  isMultithread(): boolean;
  getNumThreads?(): number;
  exit(): Promise<void>;
}
interface WllamaModule {
  readonly Wllama: new (paths: Readonly<Record<string, string>>, settings: { suppressNativeLog: boolean }) => Wllama;
}

const ABILITIES: RuntimeAbilities = {
  abort: true,
  splitLoad: false,
  allLogits: false,
  batch: 1,
  memory: false,
  deviceSampling: false,
  operationTimes: false,
  scores: 'log-probabilities',
};

/** A probability below f32's range is told as zero; its logarithm is bounded by that of the smallest one. */
const LEAST = Math.log(1.2e-38);

export async function prepareWllama(
  model: DecoderModel,
  positions: number,
  installed: InstalledExtra,
): Promise<PreparedDecoder> {
  const file = await ggufOf(model, positions);
  return {
    abilities: ABILITIES,
    open: async () => {
      const { Wllama } = await loadLibrary(installed);
      const start = performance.now();
      const paths = Object.fromEntries(
        ['single-thread/wllama.wasm', 'multi-thread/wllama.wasm'].map((path) => [path, `${installed.url}esm/${path}`]),
      );
      const wllama = new Wllama(paths, { suppressNativeLog: true });
      await wllama.loadModel([file], {
        ...{ n_ctx: positions, n_batch: positions, flash_attn: false },
        // Its own default is f16, which is no f32 model's answer.
        ...{ cache_type_k: 'f32', cache_type_v: 'f32' },
      });
      const facts = { runtime: `wllama ${installed.version}`, threaded: wllama.isMultithread(), cacheType: 'f32' };
      return new WllamaDecoder(wllama, model.config.vocab, positions, facts, toNs(performance.now() - start));
    },
  };
}

/** It looks for its wasm relative to the page's address, which a worker does not have. */
async function loadLibrary({ url }: InstalledExtra): Promise<WllamaModule> {
  if (!('document' in globalThis)) Object.assign(globalThis, { document: { baseURI: location.href } });
  const address = `${url}esm/index.js`;
  return (await import(/* @vite-ignore */ address)) as WllamaModule;
}

class WllamaDecoder implements OpenDecoder {
  readonly facts: RuntimeFacts;
  readonly vocab: number;
  readonly positions: number;
  readonly opening: OpenDecoder['opening'];
  private readonly wllama: Wllama;
  private length = 0;
  private open = true;

  constructor(wllama: Wllama, vocab: number, positions: number, facts: RuntimeFacts, loadNs: number) {
    this.wllama = wllama;
    this.vocab = vocab;
    this.positions = positions;
    this.facts = facts;
    this.opening = { loadNs, initNs: null };
  }

  async feed(tokens: readonly number[]): Promise<Float32Array> {
    if (!this.open) throw new Error('this decoder is closed');
    requireRoom(tokens, { vocab: this.vocab, held: this.length, positions: this.positions });
    this.length += tokens.length;
    await this.wllama.decode([...tokens], {});
    const scores = new Float32Array(this.vocab).fill(LEAST);
    for (const { token, p } of await this.wllama.getLogits(-1)) scores[token] = Math.max(LEAST, Math.log(p));
    return scores;
  }

  generate(request: GenerationRequest): Promise<Generation> {
    return generateByFeeding(this, request);
  }

  async reset(): Promise<void> {
    this.length = 0;
    await this.wllama.kvClear();
  }

  gpuBytes(): null {
    return null;
  }

  async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    await this.wllama.exit();
  }
}
