// What a simulation is asked, as the command line and a sharded file name it, checked and made into the simulator's input.
// Knows the serving model's names, no formula.
import { UserError, unknownValue } from '../../core/errors.ts';
import { ACCELERATORS, ARCHITECTURES, findAccelerator, findArchitecture } from '../serving/catalogue.ts';
import type { Parameters } from '../serving/parameters.ts';
import type { Engine } from '../serving/precision.ts';
import { replicaOf } from '../serving/resolve.ts';
import { weightsFit } from '../serving/steady.ts';
import type { Replica } from '../serving/step.ts';
import { meanLength, parseLengthLaw } from './lengths.ts';
import { servingSteps } from './serving-steps.ts';
import type { Arrivals, Layout, TraceRequest } from './simulate.ts';
import type { SweepInput } from './sweep.ts';

interface NumberSpec {
  readonly default: number | null;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
  readonly help: string;
}

/** Every number of a simulation, by flag. */
export const SIMULATION_NUMBERS = {
  tp: { default: 1, min: 1, max: 64, whole: true, help: 'tensor parallel GPUs' },
  'attention-dp': {
    default: 1,
    min: 1,
    max: 128,
    whole: true,
    help: 'attention groups in data parallel; experts over all',
  },
  instances: { default: 1, min: 1, max: 1000, whole: true, help: 'instances that serve together' },
  'prefill-instances': {
    default: 0,
    min: 0,
    max: 1000,
    whole: true,
    help: 'instances for prompts alone; 0: prompts in place',
  },
  'transfer-us': {
    default: 0,
    min: 0,
    max: 1e6,
    help: 'time to move the cache of one prompt token to a decode instance, us',
  },
  'cache-hit': { default: 0, min: 0, max: 0.99, help: 'share of every prompt found in the prefix cache' },
  rate: { default: null, min: 1e-6, max: 1e6, help: 'Poisson arrivals a second' },
  concurrency: { default: 64, min: 1, max: 1e5, whole: true, help: 'requests in flight, where no rate is given' },
  'max-batch': { default: 256, min: 1, max: 1e5, whole: true, help: 'most requests of an instance at once' },
  'chunk-tokens': { default: 8192, min: 16, max: 1e6, whole: true, help: 'most tokens of a step, prompts included' },
  requests: { default: 2000, min: 2, max: 1e7, whole: true, help: 'requests of a repetition' },
  warmup: { default: 500, min: 0, max: 1e7, whole: true, help: 'requests at the start that are not counted' },
  'ttft-ms': { default: 2000, min: 0.001, max: 1e9, help: 'limit on the time to the first token' },
  'tpot-ms': { default: 80, min: 0.001, max: 1e9, help: 'limit on the mean time per further token' },
  replications: { default: 1, min: 1, max: 1e5, whole: true, help: 'repetitions with other luck' },
  seed: { default: 1, min: 0, max: 4294967295, whole: true, help: 'seed' },
} as const satisfies Record<string, NumberSpec>;
export type SimulationNumber = keyof typeof SIMULATION_NUMBERS;

export const SIMULATION_TEXTS = {
  hardware: { default: 'B200 SXM', help: 'chip, by any of its names' },
  model: { default: 'llama-3.1-70b', help: 'model, by any of its names' },
  precision: { default: 'fp8', help: 'weights: bf16, fp8 or fp4' },
  engine: { default: 'trtllm', help: 'serving engine: trtllm, vllm or sglang' },
  isl: { default: '1024', help: 'input tokens: N, geometric:MEAN, lognormal:MEAN:CV or uniform:LO:HI' },
  osl: { default: '1024', help: 'output tokens, likewise' },
} as const;
export type SimulationText = keyof typeof SIMULATION_TEXTS;

export type SimulationSettings = Readonly<Record<SimulationText, string>> &
  Readonly<Record<Exclude<SimulationNumber, 'rate'>, number>> & { readonly rate: number | null };

/** Settings from texts by flag; a UserError names the first that is out of range, not a number, or unknown. */
export function parseSimulation(given: Readonly<Record<string, string | undefined>>): SimulationSettings {
  const texts = Object.entries(SIMULATION_TEXTS).map(([name, spec]) => [name, given[name] ?? spec.default]);
  const numbers = (Object.entries(SIMULATION_NUMBERS) as [string, NumberSpec][]).map(([name, spec]) => {
    const text = given[name];
    return [name, text === undefined ? spec.default : checkNumber(name, spec, text)];
  });
  const settings = Object.fromEntries([...texts, ...numbers]) as SimulationSettings;
  if (settings.warmup >= settings.requests) {
    throw new UserError(`--warmup ${settings.warmup}: must be less than --requests ${settings.requests}`);
  }
  return settings;
}

function checkNumber(name: string, { min, max, whole }: NumberSpec, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new UserError(`--${name} ${text}: must be ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`);
}

export interface ServingSimulation {
  readonly replica: Replica;
  readonly sweep: SweepInput;
}

/** The simulator's input under the serving model. `trace` takes the place of arrivals and lengths. */
export function buildSimulation(
  settings: SimulationSettings,
  parameters: Parameters,
  trace: readonly TraceRequest[] | null,
): ServingSimulation {
  const [isl, osl] = [parseLengthLaw('--isl', settings.isl), parseLengthLaw('--osl', settings.osl)];
  const replica: Replica = {
    ...replicaOf(subjectOf(settings), { isl: meanLength(isl), osl: meanLength(osl) }, layoutOf(settings)),
    cacheHit: settings['cache-hit'],
  };
  if (!weightsFit(replica)) {
    const { gpus } = replica.layout;
    throw new UserError(
      `${replica.model.name} in ${settings.precision} does not fit on ${gpus} x ${replica.chip.name}: give more --tp`,
    );
  }
  return {
    replica,
    sweep: {
      simulation: {
        model: servingSteps(replica, parameters),
        layout: instancesOf(settings),
        maxBatch: settings['max-batch'],
        chunkTokens: settings['chunk-tokens'],
        arrivals: arrivalsOf(settings, trace),
        isl,
        osl,
        prefixHitRate: settings['cache-hit'],
        requests: settings.requests,
        seed: settings.seed,
      },
      replications: settings.replications,
      warmup: trace ? 0 : settings.warmup,
      slo: { ttftMs: settings['ttft-ms'], tpotMs: settings['tpot-ms'] },
      inputs: trace ? { ...settings, trace } : settings,
    },
  };
}

function subjectOf({ hardware, model, precision, engine }: SimulationSettings) {
  const names = (entries: readonly { readonly name: string }[]): string[] => entries.map(({ name }) => name);
  if (!['bf16', 'fp8', 'fp4'].includes(precision)) unknownValue('precision', precision, ['bf16', 'fp8', 'fp4']);
  const engines: readonly Engine[] = ['trtllm', 'vllm', 'sglang'];
  return {
    chip: findAccelerator(hardware) ?? unknownValue('chip', hardware, names(ACCELERATORS)),
    model: findArchitecture(model) ?? unknownValue('model', model, names(ARCHITECTURES)),
    engine: engines.find((name) => name === engine) ?? unknownValue('engine', engine, engines),
    precision,
  };
}

function layoutOf(settings: SimulationSettings) {
  const [tp, attentionDp] = [settings.tp, settings['attention-dp']];
  return { gpus: tp * attentionDp, tp, attentionDp };
}

function instancesOf(settings: SimulationSettings): Layout {
  const prefill = settings['prefill-instances'];
  if (prefill === 0) return { kind: 'mixed', instances: settings.instances };
  const transferSecondsPerToken = settings['transfer-us'] * 1e-6;
  return { kind: 'disaggregated', prefill, decode: settings.instances, transferSecondsPerToken };
}

function arrivalsOf({ rate, concurrency }: SimulationSettings, trace: readonly TraceRequest[] | null): Arrivals {
  if (trace) return { kind: 'trace', requests: trace };
  return rate === null ? { kind: 'closed', concurrency } : { kind: 'poisson', perSecond: rate };
}
