// What src/cli/references/time-ops.py prints, PyTorch's times at the shapes of the peers run → rows of upper references.
import * as v from 'valibot';
import { formatCaseId } from '../../core/case-id.ts';
import type { Metric, Row } from '../schema.ts';

const samples = v.pipe(v.array(v.pipe(v.number(), v.finite(), v.gtValue(0))), v.minLength(1));
const asked = {
  operation: v.string(),
  params: v.record(v.string(), v.union([v.string(), v.number()])),
  dtype: v.picklist(['float32', 'float16']),
};
const timedSchema = v.looseObject({ ...asked, wallNs: samples, gpuNs: samples });
type Timed = v.InferOutput<typeof timedSchema>;
const answerSchema = v.looseObject({
  version: v.string(),
  /** Null without CUDA. */
  device: v.nullable(v.string()),
  rows: v.array(v.union([timedSchema, v.looseObject({ ...asked, error: v.string() })])),
});

export interface References {
  readonly rows: Row[];
  /** Why there are none, or some are not there. */
  readonly absent: readonly string[];
}

/** A row a shape and precision; throws on what is no answer of the script's. */
export function fromPytorch(text: string): References {
  const { version, device, rows } = v.parse(answerSchema, JSON.parse(text));
  if (device === null) return { rows: [], absent: [`PyTorch ${version} has no CUDA here`] };
  const timed = rows.filter((row): row is Timed => 'wallNs' in row);
  const failed = rows.flatMap((row) => ('error' in row ? [`${row.operation} in ${row.dtype}: ${row.error}`] : []));
  return {
    rows: timed.map((row) => toRow(row, version, device)),
    absent: [...new Set(failed)].map((reason) => `PyTorch ${version}, ${reason}`),
  };
}

function toRow(timed: Timed, version: string, device: string): Row {
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
