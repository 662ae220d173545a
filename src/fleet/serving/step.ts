// Seconds of one decode step and of one prompt, in closed form from bytes, flops and links. Knows parameters, not where
// they come from, and nothing of queues.
import type { Accelerator, Architecture } from './catalogue.ts';
import { servingConstant } from './constants.ts';
import type { Parameters } from './parameters.ts';
import type { Engine, Formats } from './precision.ts';

/** How a replica is spread: gpus = tp × attentionDp; with attentionDp > 1, experts are spread over all of them. */
export interface Layout {
  readonly gpus: number;
  readonly tp: number;
  readonly attentionDp: number;
}

/** One replica serving one kind of request. */
export interface Replica {
  readonly model: Architecture;
  readonly chip: Accelerator;
  readonly formats: Formats;
  readonly layout: Layout;
  readonly engine: Engine;
  /** Tokens of a request: prompt, output, and the share of the prompt found in the prefix cache. */
  readonly isl: number;
  readonly osl: number;
  readonly cacheHit: number;
  /** Tokens a step yields per request: 1, or more by speculation. */
  readonly tokensPerStep: number;
  /** Prompts are processed on other GPUs of the same kind. */
  readonly disaggregated?: boolean;
  /** Factor on the flops per token that the shape gives, where a run has counted them. */
  readonly flopsFactor?: number | undefined;
  /** Positions a step computes per request: 1, or 1 + draft length. */
  readonly positionsPerStep: number;
}

const ACTIVATION_BYTES = 2;

/** KV elements that a decode step reads for one request of that context, all layers. */
export function kvElements(model: Architecture, context: number): number {
  const windowed = model.window ? model.window.layers * Math.min(context, model.window.tokens) : 0;
  const full = model.layers - (model.window?.layers ?? 0);
  return model.kvElementsPerLayer * (full * context + windowed);
}

/** Parameters outside the experts that every token multiplies by. */
export function densePerToken(model: Architecture): number {
  return model.parameters - expertParameters(model) - model.embeddingParameters;
}

export function expertParameters({ experts }: Architecture): number {
  return experts ? experts.layers * experts.count * experts.parametersEach : 0;
}

function chosenParameters({ experts }: Architecture): number {
  return experts ? experts.layers * experts.chosen * experts.parametersEach : 0;
}

/** Distinct experts that `tokens` tokens touch in a layer, routing taken as even: E (1 − (1 − k/E)^tokens). */
export function distinctExperts({ count, chosen }: { count: number; chosen: number }, tokens: number): number {
  return count * (1 - (1 - chosen / count) ** tokens);
}

/** flop/s reached in the weights' arithmetic. */
function rate({ peak, bf16Peak }: Formats, parameters: Parameters): number {
  return parameters.compute * bf16Peak * (peak / bf16Peak) ** parameters.narrowGain;
}

/** Seconds of one decode step with `batch` requests in flight in the replica. */
export type StepTime = (batch: number) => number;

/** The step's time over its load, with all that no load changes worked out once: searches ask for thousands of loads. */
export function stepTimeOf(replica: Replica, parameters: Parameters): StepTime {
  const { model, chip, formats, layout, engine, positionsPerStep } = replica;
  const bandwidth = parameters.memory * chip.memoryBandwidthGBs * 1e9;
  const group = 1 / layout.attentionDp;
  const context = replica.isl + replica.osl / 2;
  const kvSplit = model.latent ? 1 : layout.tp;
  const kv = (kvElements(model, context) * formats.kvBytes * group) / kvSplit / bandwidth;
  const attention = 4 * attended(model, context) * model.queryWidth * group * positionsPerStep;
  const flops =
    (2 * densePerToken(model) * group * positionsPerStep) / layout.tp +
    (2 * chosenParameters(model) * positionsPerStep) / layout.gpus;
  const compute =
    (replica.flopsFactor ?? 1) *
    (flops / rate(formats, parameters) + attention / layout.tp / (parameters.compute * formats.bf16Peak));
  const links = linkSeconds(replica, group * positionsPerStep, 0);
  const fixed =
    parameters.layer * model.layers +
    parameters.expertLayer * (model.experts?.layers ?? 0) +
    parameters.step +
    linkSeconds(replica, 0, parameters.collective);
  const perRequest = engine === 'sglang' ? parameters.sglangRequest : parameters.request;
  const factor = engineFactor(engine, parameters);
  const dense = (densePerToken(model) * formats.denseBytes) / layout.tp / bandwidth;
  const { experts } = model;
  const everyExpert = experts
    ? (experts.layers * experts.count * experts.parametersEach * formats.expertBytes) / layout.gpus / bandwidth
    : 0;
  const missed = experts ? positionsPerStep * Math.log1p(-experts.chosen / experts.count) : 0;
  const linear = kv + links + perRequest;
  return (batch) => {
    const weights = everyExpert === 0 ? dense : dense + everyExpert * (1 - Math.exp(missed * batch));
    return factor * (linear * batch + corner(weights, compute * batch) + fixed);
  };
}

/** Smooth maximum of times in memory and in arithmetic, (memory⁴ + compute⁴)^¼: at most 1.19 of the greater. */
function corner(memory: number, compute: number): number {
  const [a, b] = [memory * memory, compute * compute];
  return Math.sqrt(Math.sqrt(a * a + b * b));
}

export function stepSeconds(replica: Replica, batch: number, parameters: Parameters): number {
  return stepTimeOf(replica, parameters)(batch);
}

/** Layers × context, windowed layers counted by their window. */
function attended(model: Architecture, context: number): number {
  return kvElements(model, context) / model.kvElementsPerLayer;
}

function engineFactor(engine: Engine, parameters: Parameters): number {
  if (engine === 'vllm') return parameters.vllmStep;
  return engine === 'sglang' ? parameters.sglangStep : 1;
}

/**
 * Two collectives a layer. Tensor parallel: all-reduce, 2 bytes (n−1)/n over the link. Attention data parallel: dispatch and
 * combine of `tokens` per GPU to their experts, all-to-all, bytes (n−1)/n, at most one copy per GPU.
 */
function linkSeconds({ model, chip, layout }: Replica, tokens: number, latency: number): number {
  const { gpus, tp, attentionDp } = layout;
  if (gpus === 1) return 0;
  const bytes = tokens * model.hidden * ACTIVATION_BYTES;
  const reduce = tp > 1 ? (2 * bytes * (tp - 1)) / tp : 0;
  const copies = Math.min(model.experts?.chosen ?? 1, gpus);
  const exchange = attentionDp > 1 ? (bytes * copies * (gpus - 1)) / gpus : 0;
  const calls = (tp > 1 ? 1 : 0) + (attentionDp > 1 ? 1 : 0);
  return 2 * model.layers * ((reduce + exchange) / linkRate(chip, gpus) + calls * latency);
}

/** Flops of one output token: 2 per weight it passes, 4 per KV element it attends to. */
export function decodeFlops(model: Architecture, context: number): number {
  return 2 * (densePerToken(model) + chosenParameters(model)) + 4 * attended(model, context) * model.queryWidth;
}

/** bytes/s per GPU: scale-up within a domain, the network beyond it; PCIe 4 where neither is given. */
function linkRate(chip: Accelerator, gpus: number): number {
  const up = (chip.scaleUpGBs ?? servingConstant('link/pcie')) * 1e9;
  const out = chip.scaleOutGbps === undefined ? up : (chip.scaleOutGbps / 8) * 1e9;
  return servingConstant('link/share') * (gpus <= Math.max(8, chip.domain) ? up : Math.min(up, out));
}

/** Seconds of device time one prompt takes, its cached share left out. */
export function prefillSeconds(replica: Replica, parameters: Parameters): number {
  const { model, formats, layout, isl, cacheHit } = replica;
  const tokens = isl * (1 - cacheHit);
  const width = model.latent?.prefillQueryWidth ?? model.queryWidth;
  const weights = 2 * (densePerToken(model) + chosenParameters(model)) * tokens;
  const attention = 4 * attended(model, (isl + isl * cacheHit) / 2) * width * tokens;
  const compute = weights / rate(formats, parameters) + attention / (parameters.compute * formats.bf16Peak);
  const links = linkSeconds(replica, tokens / layout.attentionDp, 0);
  return compute / layout.gpus + links + parameters.prefillStart;
}
