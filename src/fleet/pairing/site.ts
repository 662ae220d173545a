// A site out of one value for every constant: Rubin or another chip, LPX beside it, power, speculation.
// Knows which constant means what; no formula of serving.
import { type Accelerator, type Architecture, findAccelerator, findArchitecture } from '../serving/catalogue.ts';
import type { Parameters } from '../serving/parameters.ts';
import type { Lengths } from './gpu-side.ts';
import type { Site } from './search.ts';

export interface SiteInput {
  readonly model: Architecture;
  readonly precision: string;
  readonly lengths: Lengths;
  readonly parameters: Parameters;
  /** Whether either side may speculate. */
  readonly speculation: boolean;
  readonly flopsFactor: number;
}

/**
 * Factors on the formula's step time, from the calibration (calibrated.ts): measured over predicted on Blackwell, and what a
 * generation without measurements adds.
 */
export const STEP = { blackwell: 'calibration/blackwell-step', newer: 'calibration/rubin-step' } as const;

/** Constants that decide the GPU side, the LPX side, and both sides' power, by id. */
export const GPU_CONSTANTS = [...Object.values(STEP), 'pairing/gpu-overhead', 'rubin/flops-reading', 'power/rubin-kw'];
export const SPECULATION_CONSTANTS = ['speculation/head-acceptance', 'speculation/draft-acceptance'];
export const LPX_CONSTANTS = [
  'pairing/attention-overhead',
  'lpx/rack-sram-gb',
  'lpx/rack-bandwidth-tbs',
  'lpx/rack-pflops',
  'lpx/efficiency',
  'lpx/layer-us',
  'lpx/crossing-us',
  'lpx/rack-link-gbs',
  'power/lpx-rack-kw',
  'power/pue',
];

/** Longest draft of a head or draft model; the models whose tokens a step are published were read at 7. */
const LONGEST_DRAFT = 7;
const DRAFT_MODEL = 'llama-3.1-8b';
export const RUBIN_CHIP = 'Rubin R200';

/** Rubin with LPX beside it. */
export function rubinSite(input: SiteInput, values: Values): Site {
  const chip = chipNamed(RUBIN_CHIP);
  const reading = values('rubin/flops-reading');
  const { bf16, fp8, fp4 } = chip.tflops;
  const read: Accelerator = { ...chip, tflops: { bf16, fp8: fp8! * reading, fp4: fp4! * reading } };
  const step = values(STEP.blackwell) * values(STEP.newer);
  return siteWith(input, values, read, values('power/rubin-kw'), step, values('pairing/gpu-overhead'));
}

/** A chip of the older generation, whose step times were measured. LPX beside it is not offered. */
export function olderSite(input: SiteInput, values: Values, chip: string, kw: number): Site {
  return siteWith(input, values, chipNamed(chip), kw, values(STEP.blackwell), 1);
}

/** Another chip in Rubin's place, `factor` times as fast as its specifications say. LPX beside it is not offered. */
export function otherSite(input: SiteInput, values: Values, chip: string, kw: number, factor: number): Site {
  return siteWith(input, values, chipNamed(chip), kw, 1 / factor, 1);
}

type Values = (id: string) => number;

/** `step`: factor on all step times; `overhead`: on those beside bytes and flops. */
function siteWith(
  { model, precision, lengths, parameters, speculation, flopsFactor }: SiteInput,
  values: Values,
  chip: Accelerator,
  kw: number,
  step: number,
  overhead: number,
): Site {
  const slower = (names: readonly (keyof Parameters)[]) =>
    Object.fromEntries(names.map((name) => [name, parameters[name] * step * overhead]));
  return {
    model,
    lengths,
    gpu: {
      chip,
      precision,
      parameters: {
        ...parameters,
        memory: parameters.memory / step,
        compute: parameters.compute / step,
        ...slower(['layer', 'expertLayer', 'collective', 'step', 'request', 'prefillStart']),
      },
      attentionOverhead: values('pairing/attention-overhead'),
      domain: chip.domain,
      flopsFactor,
    },
    lpu: {
      sramBytes: values('lpx/rack-sram-gb') * 1e9,
      bytesPerSecond: values('lpx/rack-bandwidth-tbs') * 1e12,
      flopsPerSecond: values('lpx/rack-pflops') * 1e15,
      efficiency: values('lpx/efficiency'),
      layerSeconds: values('lpx/layer-us') * 1e-6,
      crossingSeconds: values('lpx/crossing-us') * 1e-6,
      linkBytesPerSecond: values('lpx/rack-link-gbs') * 1e9,
    },
    wattsPerGpu: kw * 1000,
    wattsPerRack: values('power/lpx-rack-kw') * values('power/pue') * 1000,
    speculation: {
      longest: speculation ? LONGEST_DRAFT : 0,
      headAcceptance: values('speculation/head-acceptance'),
      modelAcceptance: values('speculation/draft-acceptance'),
      draftModel: modelNamed(DRAFT_MODEL),
    },
  };
}

function chipNamed(name: string): Accelerator {
  const chip = findAccelerator(name);
  if (!chip) throw new Error(`no chip ${name}`);
  return chip;
}

function modelNamed(name: string): Architecture {
  const model = findArchitecture(name);
  if (!model) throw new Error(`no model ${name}`);
  return model;
}
