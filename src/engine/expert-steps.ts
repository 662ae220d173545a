// The dispatches of a mixture of experts in the place of an MLP: router, choice, the chosen experts' gate and up, their down.
// Rows go to their experts one by one, in prompts too: an expert's weights are read again for every row that chose it.

import { foldGrid } from '../../kernels/common/grid.ts';
import { sumOver } from '../../kernels/common/lanes.ts';
import { paddedRow, WEIGHTS } from '../../kernels/common/weights.ts';
import type { Experts } from '../../models/decoders.ts';
import type { LayerBuffers } from './load-weights.ts';
import { matrixBindings } from './matrix.ts';
import type { PlanContext } from './plan-context.ts';
import { productSteps } from './product-steps.ts';
import activate from './shaders/activate.wgsl?raw';
import biasAdded from './shaders/bias-added.wgsl?raw';
import biasNone from './shaders/bias-none.wgsl?raw';
import expertsDown from './shaders/experts-down.wgsl?raw';
import expertsUp from './shaders/experts-up.wgsl?raw';
import inputNormed from './shaders/input-normed.wgsl?raw';
import inputPlain from './shaders/input-plain.wgsl?raw';
import route from './shaders/route.wgsl?raw';
import type { StepSpec } from './step.ts';

type Router = NonNullable<LayerBuffers['router']>;

export function expertSteps(
  context: PlanContext,
  layer: LayerBuffers,
  router: Router,
  experts: Experts,
  { index, mostRows }: { readonly index: number; readonly mostRows: number },
): StepSpec[] {
  const { work } = context;
  const name = (part: string): string => `layer ${index} ${part}`;
  const scores = { kind: 'plain', buffer: work.expertScores, stride: experts.count } as const;
  const parts = { matrix: router.matrix, input: work.stream, gain: layer.postNorm, bias: router.bias, output: scores };
  return [
    ...productSteps(context, { name: name('router'), ...parts }, mostRows),
    routeStep(context, experts, name('route')),
    upStep(context, layer, experts, name('experts gate and up')),
    downStep(context, layer, experts, name('experts down')),
  ];
}

function routeStep({ form, work }: PlanContext, experts: Experts, name: string): StepSpec {
  const reduce = sumOver(form.lanes, form);
  const constants = {
    LANES: form.lanes,
    THREADS: form.threads,
    EXPERTS: experts.count,
    PER_TOKEN: experts.perToken,
    NORMALISED: `${experts.normalised}`,
    MAX_ROWS: work.maxRows,
  };
  const units = form.threads / form.lanes;
  return {
    name,
    shader: { label: 'engine/route', source: `${reduce.source}\n${route}`, constants, enables: reduce.enables },
    bindings: { 2: work.expertScores, 5: work.expertsChosen, 7: work.expertShares },
    workgroups: ({ rows }) => [Math.ceil(rows / units), 1, 1],
  };
}

/** What both products over chosen experts share: their source, constants and grid, for so many units of LANES threads. */
function expertProduct(context: PlanContext, experts: Experts, units: number) {
  const { caps, config, form } = context;
  const [x, y] = foldGrid(Math.ceil((units * form.lanes) / form.threads), caps).workgroups;
  const constants = {
    LANES: form.lanes,
    THREADS: form.threads,
    PER_TOKEN: experts.perToken,
    EPSILON: `${config.rmsEpsilon}f`,
    CLAMPED: `${config.activation === 'clamped-swiglu'}`,
  };
  return { constants, reduce: sumOver(form.lanes, form), x, y };
}

function upStep(context: PlanContext, layer: LayerBuffers, experts: Experts, name: string): StepSpec {
  const { work } = context;
  const { gateUp, gateUpBias } = layer;
  const width = experts.intermediate;
  const { constants, reduce, x, y } = expertProduct(context, experts, Math.ceil(width / 2));
  const bias = gateUpBias ? biasAdded : biasNone;
  const bindings: Record<number, GPUBuffer> = { ...matrixBindings(gateUp), 2: work.stream, 3: layer.postNorm };
  if (gateUpBias) bindings[4] = gateUpBias;
  return {
    name,
    shader: {
      label: `engine/experts up ${gateUp.type} ${width}×${gateUp.k}`,
      source: [inputNormed, WEIGHTS[gateUp.type], reduce.source, bias, activate, expertsUp].join('\n'),
      constants: {
        ...constants,
        CHUNKS: gateUp.chunks,
        X_VECTORS: paddedRow(gateUp.k) / 4,
        HIDDEN: `${gateUp.k}.0f`,
        WIDTH: width,
        OUT_STRIDE: work.gatedStride,
      },
      enables: reduce.enables,
    },
    bindings: { ...bindings, 5: work.gated, 7: work.expertsChosen },
    workgroups: ({ rows }) => [x, y, rows * experts.perToken],
  };
}

function downStep(context: PlanContext, layer: LayerBuffers, experts: Experts, name: string): StepSpec {
  const { config, work } = context;
  const { down, downBias } = layer;
  const { constants, reduce, x, y } = expertProduct(context, experts, Math.ceil(config.hidden / 4));
  const bias = downBias ? biasAdded : biasNone;
  const bindings: Record<number, GPUBuffer> = { ...matrixBindings(down), 2: work.gated };
  if (downBias) bindings[4] = downBias;
  return {
    name,
    shader: {
      label: `engine/experts down ${down.type} ${config.hidden}×${down.k}`,
      source: [inputPlain, WEIGHTS[down.type], reduce.source, bias, expertsDown].join('\n'),
      constants: {
        ...constants,
        CHUNKS: down.chunks,
        X_VECTORS: paddedRow(down.k) / 4,
        OUTPUTS: config.hidden,
        OUT_STRIDE: work.hiddenStride,
      },
      enables: reduce.enables,
    },
    bindings: { ...bindings, 5: work.stream, 7: work.expertsChosen, 8: work.expertShares },
    workgroups: ({ rows }) => [x, y, rows],
  };
}
