// The forward pass of a decoder as a list of dispatches over its buffers. Knows no queue: steps are recorded elsewhere.
import { foldGrid } from '../../kernels/common/grid.ts';
import type { ShaderPlan } from '../../kernels/family.ts';
import { headWidths } from '../../models/decoders.ts';
import { attentionSteps } from './attention-steps.ts';
import { reduceOver } from './form.ts';
import type { LayerBuffers } from './load-weights.ts';
import { type Matrix, WEIGHTS } from './matrix.ts';
import type { PlanContext, StepKind } from './plan-context.ts';
import argmax from './shaders/argmax.wgsl?raw';
import biasAdded from './shaders/bias-added.wgsl?raw';
import biasNone from './shaders/bias-none.wgsl?raw';
import embed from './shaders/embed.wgsl?raw';
import inputNormed from './shaders/input-normed.wgsl?raw';
import inputPlain from './shaders/input-plain.wgsl?raw';
import outputAdded from './shaders/output-added.wgsl?raw';
import outputGated from './shaders/output-gated.wgsl?raw';
import outputPlain from './shaders/output-plain.wgsl?raw';
import product from './shaders/product.wgsl?raw';
import stateSource from './shaders/state.wgsl?raw';
import type { StepSpec } from './step.ts';
import { rowStride } from './workspace.ts';

/** From token ids to the residual stream behind the last layer. */
export function bodySteps(context: PlanContext, kind: StepKind): StepSpec[] {
  const { model } = context;
  return [embedStep(context, kind), ...model.layers.flatMap((layer, index) => layerSteps(context, kind, layer, index))];
}

/** Final norm and logits of rows of a residual stream. */
export function headStep({ config, caps, form, model, work }: PlanContext, stream: GPUBuffer): StepSpec {
  return productStep({ config, caps, form }, 'head', model.head, {
    input: stream,
    gain: model.finalNorm,
    bias: null,
    output: { kind: 'plain', buffer: work.logits, stride: config.vocab },
  });
}

/** The largest logit of every sequence becomes its next token. */
export function argmaxStep({ config, form, work }: PlanContext): StepSpec {
  const constants = {
    VOCAB: config.vocab,
    STRIDE: config.vocab,
    THREADS: form.software ? 16 : 256,
    BATCH: work.batch,
    RING: work.ringSteps,
    OF_PROMPT: 'false',
  };
  return {
    name: 'argmax',
    shader: { label: 'engine/argmax', source: `${stateSource}\n${argmax}`, constants },
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
  const at = (part: string): string => `layer ${index} ${part}`;
  return [
    productStep(context, at('qkv'), layer.qkv, {
      input: work.stream,
      gain: layer.inputNorm,
      bias: layer.qkvBias,
      output: { kind: 'plain', buffer: work.qkv, stride: query + 2 * keyValue },
    }),
    ...attentionSteps(context, kind, layer, index),
    productStep(context, at('o'), layer.o, {
      input: work.attended,
      gain: null,
      bias: layer.oBias,
      output: { kind: 'added', buffer: work.stream, stride: work.hiddenStride },
    }),
    productStep(context, at('gate and up'), layer.gateUp, {
      input: work.stream,
      gain: layer.postNorm,
      bias: layer.gateUpBias,
      output: { kind: 'gated', buffer: work.gated, stride: work.gatedStride },
    }),
    productStep(context, at('down'), layer.down, {
      input: work.gated,
      gain: null,
      bias: layer.downBias,
      output: { kind: 'added', buffer: work.stream, stride: work.hiddenStride },
    }),
  ];
}

interface ProductParts {
  /** Rows of activations, as long as W's, padded with zeros to whole blocks. */
  readonly input: GPUBuffer;
  /** Gains of an RMSNorm over the input. */
  readonly gain: GPUBuffer | null;
  readonly bias: GPUBuffer | null;
  readonly output: {
    readonly kind: 'plain' | 'added' | 'gated';
    readonly buffer: GPUBuffer;
    /** Numbers from one row of the output to the next. */
    readonly stride: number;
  };
}

const OUTPUTS = { plain: outputPlain, added: outputAdded, gated: outputGated } as const;

function productStep(
  { config, caps, form }: Pick<PlanContext, 'config' | 'caps' | 'form'>,
  name: string,
  matrix: Matrix,
  { input, gain, bias, output }: ProductParts,
): StepSpec {
  const reduce = reduceOver(form, form.lanes);
  const source = [
    gain ? inputNormed : inputPlain,
    WEIGHTS[matrix.type],
    reduce.source,
    bias ? biasAdded : biasNone,
    OUTPUTS[output.kind],
    product,
  ].join('\n');
  const constants = {
    LANES: form.lanes,
    THREADS: form.threads,
    CHUNKS: matrix.chunks,
    X_VECTORS: rowStride(matrix.k) / 4,
    HIDDEN: `${matrix.k}.0f`,
    EPSILON: `${config.rmsEpsilon}f`,
    ROWS: matrix.rows,
    WIDTH: matrix.rows / 2,
    OUT_STRIDE: output.stride,
    CLAMPED: `${config.activation === 'clamped-swiglu'}`,
  };
  const shader: ShaderPlan = {
    label: `engine/${gain ? 'normed ' : ''}product ${output.kind} ${matrix.type} ${matrix.rows}×${matrix.k}`,
    source,
    constants,
    enables: reduce.enables,
  };
  const units = Math.ceil(matrix.rows / 4);
  const [x, y] = foldGrid(Math.ceil((units * form.lanes) / form.threads), caps).workgroups;
  const bindings: Record<number, GPUBuffer> = { ...matrixBindings(matrix), 2: input, 5: output.buffer };
  if (gain) bindings[3] = gain;
  if (bias) bindings[4] = bias;
  return { name, shader, bindings, workgroups: ({ rows }) => [x, y, rows] };
}

function matrixBindings({ weights, scales }: Matrix): Record<number, GPUBuffer> {
  return scales ? { 0: weights, 1: scales } : { 0: weights };
}
