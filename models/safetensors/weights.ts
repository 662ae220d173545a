// A decoder's weights from safetensors files (one, or the shards of one model) and the config beside them.
import { UserError } from '../../src/core/errors.ts';
import type { DecoderConfig } from '../decoders.ts';
import { requireTensors, tensorShapes } from '../tensor-shapes.ts';
import type { WeightSource } from '../weight-source.ts';
import type { SafetensorsEntry } from './header.ts';
import { readEntry, requireReadable, type SafetensorsFile } from './reader.ts';

/** gpt-oss has its experts so, and newer exports of others. */
const FUSED_ADVICE = 'Supported: one tensor an expert, or a GGUF file of the model';

/** A UserError names a tensor that is missing, of another shape, of a type we do not compute with, or in two files. */
export function safetensorsWeights(config: DecoderConfig, files: readonly SafetensorsFile[]): WeightSource {
  const places = new Map<string, { file: SafetensorsFile; entry: SafetensorsEntry }>();
  for (const file of files) {
    for (const entry of file.entries) {
      const other = places.get(entry.name)?.file.source.name;
      if (other !== undefined) {
        throw new UserError(`${file.source.name}: tensor '${entry.name}' is also in ${other}`);
      }
      places.set(entry.name, { file, entry });
    }
  }
  const title = files.length === 1 ? files[0]!.source.name : `${files.length} safetensors files`;
  const fused = [...places.keys()].find((name) => /\.experts\.(gate_up_proj|down_proj)/.test(name));
  if (fused)
    throw new UserError(
      `${title}: tensor '${fused}': experts in one tensor are not read from safetensors. ${FUSED_ADVICE}`,
    );
  requireTensors(config, (name) => places.get(name)?.entry.shape, title);
  const names = [...tensorShapes(config).keys()];
  for (const name of names) {
    const { file, entry } = places.get(name)!;
    requireReadable(file.source.name, entry);
  }
  return {
    config,
    names,
    tensor: async (name) => {
      const place = places.get(name);
      if (!place) throw new UserError(`${title}: no tensor '${name}'`);
      return { shape: place.entry.shape, values: await readEntry(place.file, place.entry) };
    },
  };
}
