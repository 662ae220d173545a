// A replica under a constant number of requests: how many run at once, time per token, time to first token, rates.
// Closed form with a short fixed point; knows no arrival process.
import { servingConstant } from './constants.ts';
import type { Parameters } from './parameters.ts';
import { expertParameters, kvElements, prefillSeconds, type Replica, stepTimeOf } from './step.ts';

export interface Steady {
  /** Requests decoding at once in the replica. */
  readonly batch: number;
  readonly tpotSeconds: number;
  readonly ttftSeconds: number;
  /** Output tokens/s each user sees while decoding, and per GPU over the whole request. */
  readonly tokensPerUser: number;
  readonly tokensPerGpu: number;
}

const ROUNDS = 6;

/** Bytes of weights in the replica, the dense part once per attention group. */
function weightBytes({ model, formats, layout }: Replica): number {
  const experts = expertParameters(model);
  return (model.parameters - experts) * formats.denseBytes * layout.attentionDp + experts * formats.expertBytes;
}

/** Whether the weights alone fit the replica's memory; true without a known memory. */
export function weightsFit(replica: Replica): boolean {
  const memory = (replica.chip.memoryGB ?? Number.POSITIVE_INFINITY) * 1e9 * replica.layout.gpus;
  return weightBytes(replica) < memory;
}

/** Requests whose whole context fits beside the weights; 0 when these do not fit; no limit without a known memory. */
export function batchLimit(replica: Replica): number {
  const { model, chip, formats, layout, isl, osl } = replica;
  if (chip.memoryGB === undefined) return Number.POSITIVE_INFINITY;
  const free = servingConstant('memory/share') * chip.memoryGB * 1e9 * layout.gpus - weightBytes(replica);
  const copies = model.latent ? layout.tp : 1;
  return Math.max(0, free / (kvElements(model, isl + osl) * formats.kvBytes * copies));
}

/**
 * Each request is prefilled once per `osl` tokens, so a token waits for batch/osl prompts' work besides its own step.
 * Before its first token a request waits for a share of the others' prompts, about half of them in SGLang, which takes prompts
 * first, and for what does not fit. Disaggregated, prompts take GPUs of their own, whose time counts in tokens/s/GPU.
 */
export function steadyState(replica: Replica, concurrency: number, parameters: Parameters): Steady {
  const { osl, layout, tokensPerStep } = replica;
  const limit = Math.max(1, batchLimit(replica));
  const fitting = Math.min(concurrency, limit);
  const prefill = prefillSeconds(replica, parameters);
  const overlap = overlapOf(replica, parameters);
  const others = othersPerRequest(replica, parameters) * (fitting - 1);
  const stepTime = stepTimeOf(replica, parameters);
  let batch = fitting;
  let tpot = 0;
  let own = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const step = stepTime(batch) / tokensPerStep;
    tpot = step + (overlap * batch * prefill) / osl;
    own = parameters.firstToken + step + prefill * (1 + others);
    batch = 0.5 * (batch + Math.min(limit, (concurrency * osl * tpot) / (osl * tpot + own)));
  }
  const whole = osl * tpot;
  const queued = concurrency > limit ? (whole + own) * (concurrency / limit - 1) : 0;
  const ttft = own + queued;
  const together = (concurrency * osl) / (ttft + Math.max(0, osl - 1) * tpot) / layout.gpus;
  const apart = osl / layout.gpus / ((osl * tpot) / (fitting * servingConstant('disaggregated/matched')) + prefill);
  return {
    batch,
    tpotSeconds: tpot,
    ttftSeconds: ttft,
    tokensPerUser: 1 / tpot,
    tokensPerGpu: replica.disaggregated ? apart : together,
  };
}

/** Share of the prompts' work that falls between decode steps. */
function overlapOf({ disaggregated, engine }: Replica, parameters: Parameters): number {
  if (disaggregated) return 0;
  return engine === 'sglang' ? Math.min(1, parameters.sglangOverlap) : 1;
}

/** Other prompts that a prompt waits for, per request in flight beside it. */
function othersPerRequest({ disaggregated, engine }: Replica, parameters: Parameters): number {
  if (disaggregated) return 0;
  return engine === 'sglang' ? parameters.sglangWait : parameters.wait;
}
