// Says before any byte is made why a decoder cannot run here: the limit, what is needed and what there is.
// Knows no runtime object.
import { activationBytes, matrixBytes, type WeightType, weightBytes } from '../../models/decoder-cost.ts';
import type { DecoderConfig } from '../../models/decoders.ts';
import type { AdapterFacts } from './requests.ts';
import type { OrtName } from './runtime.ts';

/** Address space of a 32-bit wasm module, bytes. */
const WASM_BYTES = 2 ** 32;

/** Copies of the weights onnxruntime's CPU provider makes: as given and packed; f16 also widened to f32. */
const WASM_COPIES: Readonly<Record<WeightType, number>> = { f32: 2, f16: 5, int8: 2, int4: 2 };

export interface DecoderNeeds {
  readonly runtime: OrtName;
  readonly config: DecoderConfig;
  readonly type: WeightType;
  /** Tokens. */
  readonly prompt: number;
  readonly adapter: AdapterFacts | null;
}

/** The reason to skip, or null. */
export function limitReason(request: DecoderNeeds): string | null {
  return request.runtime === 'ort-wasm' ? wasmReason(request.config, request.type) : webgpuReason(request);
}

/** Why the wasm build cannot hold a decoder, or null. */
export function wasmReason(config: DecoderConfig, type: WeightType): string | null {
  const needed = weightBytes(config, type) * WASM_COPIES[type];
  if (needed <= WASM_BYTES) return null;
  return `wasm has ${WASM_BYTES} bytes of address space; ${config.name} in ${type} needs about ${Math.round(needed)}`;
}

function webgpuReason({ config, type, prompt, adapter }: DecoderNeeds): string | null {
  if (!adapter) return 'there is no WebGPU adapter';
  if (type === 'f16' && !adapter.features.includes('shader-f16')) {
    return 'f16 needs the WebGPU feature shader-f16; this adapter does not have it';
  }
  const table = config.vocab * config.hidden * activationBytes(type);
  const mlp = matrixBytes(config.hidden * config.intermediate, type);
  const logits = prompt * config.vocab * activationBytes(type);
  return (
    overLimit(adapter, 'the embedding table', table) ??
    overLimit(adapter, 'an MLP matrix', mlp) ??
    overLimit(adapter, `the logits of ${prompt} prompt tokens`, logits)
  );
}

function overLimit(adapter: AdapterFacts, what: string, bytes: number): string | null {
  for (const limit of ['maxStorageBufferBindingSize', 'maxBufferSize'] as const) {
    if (bytes > adapter[limit]) return `${limit} is ${adapter[limit]} bytes here; ${what} needs ${bytes}`;
  }
  return null;
}
