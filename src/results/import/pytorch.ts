// What src/cli/references/time-ops.py prints, PyTorch's times at the shapes of the peers run → rows of upper references.
import * as v from 'valibot';
import { formatCaseId } from '../../core/case-id.ts';
import type { Metric, Row } from '../schema.ts';

const samples = v.pipe(v.array(v.pipe(v.number(), v.finite(), v.gtValue(0))), v.minLength(1));
const answerSchema = v.looseObject({
  version: v.string(),
  /** Null without CUDA. */
  device: v.nullable(v.string()),
  rows: v.array(
    v.looseObject({
      operation: v.string(),
      params: v.record(v.string(), v.union([v.string(), v.number()])),
      dtype: v.picklist(['float32', 'float16']),
      wallNs: samples,
      gpuNs: samples,
    }),
  ),
});

export type References =
  | { readonly rows: Row[]; readonly absent: null }
  | { readonly rows: []; readonly absent: string };

/** A row a shape and precision, or why there are none; throws on anything else. */
export function fromPytorch(text: string): References {
  const { version, device, rows } = v.parse(answerSchema, JSON.parse(text));
  if (device === null) return { rows: [], absent: `PyTorch ${version} has no CUDA here` };
  return { rows: rows.map((row) => toRow(row, version, device)), absent: null };
}

function toRow(timed: v.InferOutput<typeof answerSchema>['rows'][number], version: string, device: string): Row {
  const peer = timed.dtype === 'float16' ? 'pytorch-cuda-f16' : 'pytorch-cuda';
  return {
    id: formatCaseId(`peer/${peer}/${timed.operation}`, timed.params),
    kind: 'peer',
    state: 'ok',
    startedMs: 0,
    durationMs: timed.wallNs.reduce((sum, ns) => sum + ns, 0) / 1e6,
    metrics: [
      metricOf('time', 'kernel-time/wall-to-drained', 'wall', timed.wallNs),
      metricOf('gpu-time', 'kernel-time/cuda-events', 'timestamp', timed.gpuNs),
    ],
    facts: { version, device, upperReference: true },
    warnings: [],
  };
}

function metricOf(name: string, definition: string, estimator: 'wall' | 'timestamp', values: number[]): Metric {
  return {
    ...{ name, definition, estimator, unit: 'ns', better: 'lower', opsPerSample: 1 },
    ...{ samples: values, warmup: [], excluded: [] },
  };
}
