// One stream without batching: llama.cpp on one device, and pipelines of LPUs. Closed form; the spread of the LPU part is in
// its data, that of llama.cpp comes from the measured rows.
import * as v from 'valibot';
import lpusJson from '../data/serving/lpus.json' with { type: 'json' };
import type { Accelerator, Architecture } from './catalogue.ts';
import { lookUpConstant, servingConstant } from './constants.ts';
import { hardwareKey } from './names.ts';
import { densePerToken, kvElements } from './step.ts';

const KV_BYTES = 2;

/** Bytes per weight of a GGUF format; undefined for an unknown one. */
export function ggufBytes(format: string): number | undefined {
  return lookUpConstant(`gguf/${format.toLowerCase().replaceAll('-', '_')}`);
}

/** Seconds per token: every active weight and the KV so far through the memory once, and a time per layer. */
export function streamSeconds(model: Architecture, chip: Accelerator, bytesPerWeight: number, tokens: number): number {
  const chosen = model.experts ? model.experts.layers * model.experts.chosen * model.experts.parametersEach : 0;
  const weights = (densePerToken(model) + chosen) * bytesPerWeight;
  const kv = kvElements(model, tokens / 2) * KV_BYTES;
  return (weights + kv) / (chip.memoryBandwidthGBs * 1e9) + servingConstant('stream/layer') * model.layers;
}

/** Prompt tokens/s by arithmetic alone. */
export function promptRate(model: Architecture, chip: Accelerator): number {
  const chosen = model.experts ? model.experts.layers * model.experts.chosen * model.experts.parametersEach : 0;
  return (chip.tflops.bf16 * 1e12) / (2 * (densePerToken(model) + chosen));
}

const positive = v.pipe(v.number(), v.gtValue(0));
const words = v.pipe(v.string(), v.minLength(1));
const lpusSchema = v.strictObject({
  lpus: v.array(
    v.strictObject({
      name: words,
      aliases: v.array(words),
      sramGB: positive,
      bandwidthGBs: positive,
      layerSeconds: positive,
      /** Factor of one standard deviation. */
      layerSpread: positive,
      /** What a figure that says nothing of speculation is taken as. */
      unsaidSpeculation: v.picklist(['no', 'unknown']),
      grade: words,
      source: words,
      date: words,
      note: v.string(),
    }),
  ),
  speculationGain: v.strictObject({ value: positive, spread: positive, source: words, date: words }),
});

export const LPUS = v.parse(lpusSchema, lpusJson);
export type Lpu = (typeof LPUS.lpus)[number];

export function findLpu(name: string): Lpu | undefined {
  const wanted = hardwareKey(name);
  return LPUS.lpus.find((lpu) => [lpu.name, ...lpu.aliases].some((known) => hardwareKey(known) === wanted));
}

/**
 * tokens/s of one stream, and the standard deviation of its logarithm. Where it is not known whether tokens are drafted, the
 * answer lies half-way, with one standard deviation to either case.
 */
export function lpuStream(
  lpu: Lpu,
  model: Architecture,
  speculation: 'yes' | 'no' | 'unsaid',
): { rate: number; logSd: number } {
  const { value, spread } = LPUS.speculationGain;
  const drafted = speculation === 'unsaid' ? (lpu.unsaidSpeculation === 'no' ? 0 : 0.5) : speculation === 'yes' ? 1 : 0;
  const open = drafted === 0.5 ? Math.log(value) / 2 : drafted * Math.log(spread);
  return {
    rate: value ** drafted / (lpu.layerSeconds * model.layers),
    logSd: Math.hypot(Math.log(lpu.layerSpread), open),
  };
}
