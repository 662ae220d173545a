// The fleet's facts: GPUs, models, measured serving points and constants, each with its source, checked when loaded.
// Knows no formula.
import * as v from 'valibot';
import { unknownValue } from '../core/errors.ts';
import constantsJson from './data/constants.json' with { type: 'json' };
import hardwareJson from './data/hardware.json' with { type: 'json' };
import modelsJson from './data/models.json' with { type: 'json' };
import pairingJson from './data/pairing.json' with { type: 'json' };
import pointsJson from './data/points.json' with { type: 'json' };

const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const finite = v.pipe(v.number(), v.finite());
const words = v.pipe(v.string(), v.minLength(1));
const provenance = { source: words, date: words, note: v.string() };

export const constantSchema = v.strictObject({
  id: words,
  what: words,
  value: finite,
  lo: finite,
  hi: finite,
  /** Share of probability between lo and hi. */
  coverage: v.picklist([0.8, 0.9]),
  shape: v.picklist(['fixed', 'log-normal', 'logit-normal']),
  unit: words,
  basis: v.picklist(['measured', 'published', 'vendor-claim', 'counted', 'assumption']),
  ...provenance,
});

const gpuSchema = v.strictObject({
  name: words,
  memoryGB: positive,
  memoryBandwidthGBs: positive,
  /** Dense TFLOP/s by precision; a missing precision is not supported in hardware. */
  tflops: v.strictObject({ fp4: v.optional(positive), fp8: positive, bf16: positive }),
  grade: words,
  ...provenance,
});

const modelSchema = v.strictObject({
  name: words,
  layers: positive,
  /** Parameters every token passes through. */
  denseParameters: positive,
  experts: v.nullable(
    v.strictObject({ layers: positive, count: positive, chosen: positive, parametersEach: positive }),
  ),
  /** heads × head width, in the form in which decode attends. */
  queryWidth: positive,
  kvElementsPerToken: positive,
  /** Id of the constant that holds this kind of model's transfer error. */
  transfer: words,
  /** How the measured front is drawn between points: which axes make it straight (src/fleet/front-curve.ts). */
  frontForm: v.picklist(['square-root', 'log-log']),
  ...provenance,
});

const pointSchema = v.strictObject({
  id: words,
  hardware: words,
  gpus: positive,
  model: words,
  precision: v.picklist(['fp4', 'fp8']),
  concurrency: positive,
  isl: positive,
  osl: positive,
  ttftMs: positive,
  tpotMs: positive,
  tokensPerGpu: positive,
  tokensPerUser: positive,
  backend: words,
});

const pointsFileSchema = v.strictObject({
  source: words,
  url: words,
  date: words,
  license: words,
  note: words,
  points: v.array(pointSchema),
});

export type Constant = v.InferOutput<typeof constantSchema>;
export type Gpu = v.InferOutput<typeof gpuSchema>;
export type ServedModel = v.InferOutput<typeof modelSchema>;
export type ServingPoint = v.InferOutput<typeof pointSchema>;
export type FrontForm = ServedModel['frontForm'];
export type Precision = ServingPoint['precision'];

export const CONSTANTS: readonly Constant[] = v.parse(v.array(constantSchema), [
  ...constantsJson.constants,
  ...pairingJson.constants,
]);
export const GPUS: readonly Gpu[] = v.parse(v.array(gpuSchema), hardwareJson.gpus);
export const MODELS: readonly ServedModel[] = v.parse(v.array(modelSchema), modelsJson.models);
export const POINTS_FILE = v.parse(pointsFileSchema, pointsJson);
export const POINTS: readonly ServingPoint[] = POINTS_FILE.points;

function find<T>(what: string, entries: readonly T[], key: (entry: T) => string, name: string): T {
  return entries.find((entry) => key(entry) === name) ?? unknownValue(what, name, entries.map(key));
}

export const findConstant = (id: string): Constant => find('fleet constant', CONSTANTS, (entry) => entry.id, id);
export const findGpu = (name: string): Gpu => find('GPU', GPUS, (entry) => entry.name, name);
export const findModel = (name: string): ServedModel => find('fleet model', MODELS, (entry) => entry.name, name);

/** The two generations of the fleet, and whose measurements stand for the older one. */
export const BLACKWELL = 'B200 SXM';
export const RUBIN = 'Rubin R200';
