// What the serving model knows of chips and models: specifications and shapes with their sources, found by any of their
// names. Knows no formula and no measurement.
import * as v from 'valibot';
import acceleratorsJson from '../data/serving/accelerators.json' with { type: 'json' };
import architecturesJson from '../data/serving/architectures.json' with { type: 'json' };
import { hardwareKey, modelKey } from './names.ts';

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const words = v.pipe(v.string(), v.minLength(1));
const provenance = { grade: v.optional(words), source: words, date: words, note: v.string() };

export const acceleratorSchema = v.strictObject({
  name: words,
  aliases: v.array(words),
  vendor: words,
  generation: words,
  memoryGB: v.optional(positive),
  memoryBandwidthGBs: positive,
  /** Dense TFLOP/s (TOPS for int8) by precision. A missing precision is not supported in hardware. */
  tflops: v.strictObject({
    bf16: positive,
    fp8: v.optional(positive),
    int8: v.optional(positive),
    fp4: v.optional(positive),
  }),
  /** GB/s per chip, one direction, within the scale-up domain. */
  scaleUpGBs: v.optional(positive),
  /** Chips in one scale-up domain. */
  domain: positive,
  /** Gbit/s per chip on the network between domains. */
  scaleOutGbps: v.optional(positive),
  /** Site power per chip with its share of host, network and cooling, kW. */
  allInKw: v.optional(positive),
  usdPerHour: v.optional(v.strictObject({ hyperscaler: positive, neocloud: positive, rental3y: positive })),
  ...provenance,
});

export const architectureSchema = v.strictObject({
  name: words,
  aliases: v.array(words),
  layers: positive,
  hidden: positive,
  /** Query heads × head width, in the form in which decode attends. */
  queryWidth: positive,
  kvElementsPerLayer: positive,
  /** All parameters, and those of the input embedding, which no token multiplies by. */
  parameters: positive,
  embeddingParameters: positive,
  experts: v.nullable(
    v.strictObject({ layers: positive, count: positive, chosen: positive, parametersEach: positive }),
  ),
  /** Layers that see only the last tokens. */
  window: v.nullable(v.strictObject({ tokens: positive, layers: positive })),
  /** Latent attention: the KV of a token is one vector, which tensor parallelism cannot split. */
  latent: v.nullable(v.strictObject({ prefillQueryWidth: positive })),
  /** Published with its experts in MXFP4 and the rest in BF16. */
  nativeFp4Experts: v.boolean(),
  ...provenance,
});

export type Accelerator = v.InferOutput<typeof acceleratorSchema>;
export type Architecture = v.InferOutput<typeof architectureSchema>;

const accelerators: Accelerator[] = v.parse(v.array(acceleratorSchema), acceleratorsJson.accelerators);
const architectures: Architecture[] = v.parse(v.array(architectureSchema), architecturesJson.models);
export const ACCELERATORS: readonly Accelerator[] = accelerators;
export const ARCHITECTURES: readonly Architecture[] = architectures;

const chips = new Map(
  ACCELERATORS.flatMap((chip) => [chip.name, ...chip.aliases].map((name) => [hardwareKey(name), chip])),
);
const models = new Map(
  ARCHITECTURES.flatMap((model) => [model.name, ...model.aliases].map((name) => [modelKey(name), model])),
);

/** The chip of that name or alias, in any spelling; undefined when the catalogue has none. */
export const findAccelerator = (name: string): Accelerator | undefined => chips.get(hardwareKey(name));

/** The model of that name or alias; undefined when the catalogue has none. */
export const findArchitecture = (name: string): Architecture | undefined => models.get(modelKey(name));

/** For overlay.ts alone: a chip, or a model, beside ours, in place of one of the same name. */
export function addAccelerator(chip: Accelerator): void {
  put(accelerators, chip);
  for (const name of [chip.name, ...chip.aliases]) chips.set(hardwareKey(name), chip);
}

export function addArchitecture(model: Architecture): void {
  put(architectures, model);
  for (const name of [model.name, ...model.aliases]) models.set(modelKey(name), model);
}

function put<T extends { readonly name: string }>(entries: T[], entry: T): void {
  const at = entries.findIndex(({ name }) => name === entry.name);
  if (at >= 0) entries[at] = entry;
  else entries.push(entry);
}
