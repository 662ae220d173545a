// The tensors a decoder of a given shape has, as its files hold them: Hugging Face's names, matrices as [outputs, inputs].
// Knows no file format.
import { UserError } from '../src/core/errors.ts';
import type { DecoderConfig } from './decoders.ts';
import { decoderWeights, listWeights } from './onnx/decoder-weights.ts';

/** Name → shape, in the order of a forward pass. */
export function tensorShapes(config: DecoderConfig): Map<string, readonly number[]> {
  const specs = listWeights(decoderWeights(config));
  return new Map(specs.map((spec) => [spec.name, 'inputs' in spec ? [spec.outputs, spec.inputs] : [spec.length]]));
}

/** Throws a UserError naming the first tensor that `shapeOf` lacks or that has another shape than the config asks for. */
export function requireTensors(
  config: DecoderConfig,
  shapeOf: (name: string) => readonly number[] | undefined,
  fileName: string,
): void {
  for (const [name, wanted] of tensorShapes(config)) {
    const found = shapeOf(name);
    if (!found) throw new UserError(`${fileName}: tensor '${name}' is missing; the config asks for [${wanted}]`);
    if (found.length !== wanted.length || found.some((count, i) => count !== wanted[i])) {
      throw new UserError(`${fileName}: tensor '${name}' is [${found}]; the config asks for [${wanted}]`);
    }
  }
}
