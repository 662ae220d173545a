// What a named precision means for bytes and rates: bytes per weight and KV element, and the arithmetic the chip runs it in.
import type { Accelerator, Architecture } from './catalogue.ts';
import { servingConstant } from './constants.ts';

type Engine = 'trtllm' | 'vllm' | 'sglang';

export interface Formats {
  /** Bytes per weight outside and inside the experts. */
  readonly denseBytes: number;
  readonly expertBytes: number;
  readonly kvBytes: number;
  /** Peak of the chip in the arithmetic used for the weights, and in BF16, flop/s. */
  readonly peak: number;
  readonly bf16Peak: number;
}

type Width = 'bf16' | 'fp8' | 'fp4';

/** The width a precision's name stands for: `mxfp4`, `UINT4`, `awq` are 4 bits; `fp8/int8 TruePoint` 8; else 16. */
function widthOf(precision: string): Width {
  const name = precision.toLowerCase();
  if (/fp4|int4|awq|gptq|w4/.test(name)) return 'fp4';
  return /fp8|int8|w8/.test(name) ? 'fp8' : 'bf16';
}

/**
 * gpt-oss keeps its experts in servingConstant('bytes/mxfp4') and the rest in BF16 whatever the run is labelled; DeepSeek in FP4 keeps the rest in
 * FP8. KV: TensorRT-LLM serves 4- and 8-bit weights with an FP8 cache, vLLM and SGLang default to 16 bits.
 */
export function formatsOf(model: Architecture, chip: Accelerator, precision: string, engine: Engine): Formats {
  const width = model.nativeFp4Experts ? 'fp4' : widthOf(precision);
  const bytes = { bf16: 2, fp8: 1, fp4: servingConstant('bytes/nvfp4') }[width];
  const rest = model.nativeFp4Experts ? 2 : width === 'fp4' && model.latent ? 1 : bytes;
  const eightBits = chip.tflops.fp8 ?? chip.tflops.int8 ?? chip.tflops.bf16;
  const fallback = model.nativeFp4Experts ? chip.tflops.bf16 : eightBits;
  const peaks = { bf16: chip.tflops.bf16, fp8: eightBits, fp4: chip.tflops.fp4 ?? fallback };
  return {
    denseBytes: rest,
    expertBytes: model.nativeFp4Experts ? servingConstant('bytes/mxfp4') : bytes,
    kvBytes: engine === 'trtllm' && widthOf(precision) !== 'bf16' ? 1 : 2,
    peak: peaks[width] * 1e12,
    bf16Peak: chip.tflops.bf16 * 1e12,
  };
}

export type { Engine };
