// The forward pass of a decoder as a list of dispatches over its buffers. Knows no queue: steps are recorded elsewhere.
import { WEIGHTS } from '../../kernels/common/weights.ts';
import { headWidths } from '../../models/decoders.ts';
import { attentionSteps } from './attention-steps.ts';
import { expertSteps } from './expert-steps.ts';
import type { LayerBuffers } from './load-weights.ts';
import { matrixBindings } from './matrix.ts';
import type { PlanContext, StepKind } from './plan-context.ts';
import { productSteps } from './product-steps.ts';
import argmax from './shaders/argmax.wgsl?raw';
import embed from './shaders/embed.wgsl?raw';
import sample from './shaders/sample.wgsl?raw';
import stateSource from './shaders/state.wgsl?raw';
import type { StepSpec } from './step.ts';

/** From token ids to the residual stream behind the last layer. */
export function bodySteps(context: PlanContext, kind: StepKind): StepSpec[] {
  const { model } = context;
  return [embedStep(context, kind), ...model.layers.flatMap((layer, index) => layerSteps(context, kind, layer, index))];
}

/** Final norm and logits of at most `mostRows` rows of a residual stream. */
export function headSteps(context: PlanContext, stream: GPUBuffer, mostRows: number): StepSpec[] {
  const { config, model, work } = context;
  const output = { kind: 'plain', buffer: work.logits, stride: config.vocab } as const;
  const parts = { name: 'head', matrix: model.head, input: stream, gain: model.finalNorm, bias: null, output };
  return productSteps(context, parts, mostRows);
}

/** Takes every sequence's next token: the largest logit, or a draw. */
export function chooseStep({ config, form, work }: PlanContext, kind: 'argmax' | 'sample'): StepSpec {
  const constants = {
    VOCAB: config.vocab,
    STRIDE: config.vocab,
    THREADS: kind === 'argmax' ? form.argmaxThreads : form.sampleThreads,
    BATCH: work.batch,
    RING: work.ringSteps,
    OF_PROMPT: 'false',
  };
  const source = [stateSource, kind === 'argmax' ? argmax : sample].join('\n');
  return {
    name: kind,
    shader: { label: `engine/${kind}`, source, constants },
    bindings: { 2: work.logits, 5: work.nextTokens, 6: work.state, 7: work.ring },
    workgroups: ({ rows }) => [1, 1, rows],
  };
}

function embedStep({ config, model, work }: PlanContext, kind: StepKind): StepSpec {
  const { embedding } = model;
  const vectors = Math.ceil(config.hidden / 4);
  const constants = {
    CHUNKS: embedding.chunks,
    VECTORS: vectors,
    OUT_VECTORS: work.hiddenStride / 4,
    OF_PROMPT: `${kind === 'prompt'}`,
  };
  return {
    name: 'embed',
    shader: {
      label: `engine/embed ${embedding.type}`,
      source: [stateSource, WEIGHTS[embedding.type], embed].join('\n'),
      constants,
    },
    bindings: {
      ...matrixBindings(embedding),
      2: kind === 'prompt' ? work.promptTokens : work.nextTokens,
      5: work.stream,
      6: work.state,
    },
    workgroups: ({ rows }) => [Math.ceil(vectors / 64), 1, rows],
  };
}

function layerSteps(context: PlanContext, kind: StepKind, layer: LayerBuffers, index: number): StepSpec[] {
  const { config, work } = context;
  const { query, keyValue } = headWidths(config);
  const mostRows = kind === 'prompt' ? work.maxRows : work.batch;
  const at = (part: string): string => `layer ${index} ${part}`;
  const added = { kind: 'added', buffer: work.stream, stride: work.hiddenStride } as const;
  const qkv = {
    name: at('qkv'),
    matrix: layer.qkv,
    input: work.stream,
    gain: layer.inputNorm,
    bias: layer.qkvBias,
    output: { kind: 'plain', buffer: work.qkv, stride: query + 2 * keyValue },
  } as const;
  const o = {
    name: at('o'),
    matrix: layer.o,
    input: work.attended,
    gain: null,
    bias: layer.oBias,
    output: added,
  };
  const gateUp = {
    name: at('gate and up'),
    matrix: layer.gateUp,
    input: work.stream,
    gain: layer.postNorm,
    bias: layer.gateUpBias,
    output: { kind: 'gated', buffer: work.gated, stride: work.gatedStride },
  } as const;
  const down = {
    name: at('down'),
    matrix: layer.down,
    input: work.gated,
    gain: null,
    bias: layer.downBias,
    output: added,
  };
  const mlp =
    layer.router && config.experts
      ? expertSteps(context, layer, layer.router, config.experts, { index, mostRows })
      : [gateUp, down].flatMap((parts) => productSteps(context, parts, mostRows));
  return [
    ...productSteps(context, qkv, mostRows),
    ...attentionSteps(context, kind, layer, index),
    ...productSteps(context, o, mostRows),
    ...mlp,
  ];
}
