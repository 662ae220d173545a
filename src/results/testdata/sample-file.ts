// Builds small result files for tests: everything valid, every part replaceable.
import { SCHEMA_NAME, SCHEMA_VERSION, type Metric, type ResultFile, type Row, type Session } from '../schema.ts';

export const KERNEL_ID = 'kernel/matmul/register:m=64;n=64;k=64;type=f32';
export const DECODER_ID = 'model/ort-webgpu/test-4x128:prompt=16;new=8;type=f32;attention=plain';

export function sampleMetric(name: string, samples: number[], changes: Partial<Metric> = {}): Metric {
  return {
    name,
    definition: 'kernel-time/gpu-or-slope',
    unit: 'ns',
    better: 'lower',
    estimator: 'timestamp',
    opsPerSample: 1,
    samples,
    warmup: [],
    excluded: [],
    ...changes,
  };
}

export function sampleRow(id: string, samples: number[], changes: Partial<Row> = {}): Row {
  return {
    id,
    kind: 'kernel',
    state: 'ok',
    startedMs: 0,
    durationMs: 1,
    verification: { state: 'passed', rule: 'NMSE ≤ 1e-11', checked: 4096, total: 4096, figures: { nmse: 1e-13 } },
    metrics: [sampleMetric('time', samples)],
    cost: { flops: 2 * 64 ** 3, bytes: 3 * 4 * 64 ** 2, dispatches: 1 },
    facts: {},
    warnings: [],
    ...changes,
  };
}

/** A library's row at one shape (`matmul:m=2`), timed by wall clock; without samples it was not timed. */
export function samplePeerRow(peer: string, shape: string, samples: number[], changes: Partial<Row> = {}): Row {
  const time = sampleMetric('time', samples, { definition: 'kernel-time/wall-to-drained', estimator: 'wall' });
  return sampleRow(`peer/${peer}/${shape}`, [], { kind: 'peer', metrics: samples.length > 0 ? [time] : [], ...changes });
}

/** A decoder row whose gaps are ten a second. */
export function sampleDecoderRow(changes: Partial<Row> = {}): Row {
  const gaps = Array.from({ length: 30 }, (_, i) => 1e8 + (i % 3) * 1e6);
  return sampleRow(DECODER_ID, [], {
    kind: 'decoder',
    metrics: [
      sampleMetric('ttft', [2e8, 2.1e8], { definition: 'ttft/submit-to-readable', estimator: 'wall' }),
      sampleMetric('gap', gaps, { definition: 'gap/vllm-itl', estimator: 'wall' }),
      sampleMetric('decode-rate', [9.8, 10.2], {
        definition: 'decode-rate/out-minus-1-over-rest',
        unit: 'tokens/s',
        better: 'higher',
        estimator: 'wall',
      }),
    ],
    verification: { state: 'passed', rule: 'top-1 against wasm', checked: 8, total: 8, figures: {} },
    placement: { provider: 'webgpu', nodes: 420, nodesOnGpu: 412, timeShareOnGpu: 0.98, cpuOperators: ['Gather'] },
    ...changes,
  });
}

export function sampleSession(rows: Row[], changes: Partial<Session> = {}): Session {
  return {
    id: 'session-1',
    startedAt: '2026-11-22T20:00:00Z',
    state: 'complete',
    timer: {
      kind: 'timestamp',
      quantumNs: 1000,
      clockStepNs: 5000,
      completionNs: 100_000,
      gpuOverWall: 1.01,
      reason: 'agrees with wall clock within 20 %',
    },
    hiddenMs: 0,
    order: rows.map((row) => row.id),
    rows,
    warnings: [],
    ...changes,
  };
}

export function sampleFile(sessions: Session[], changes: Partial<ResultFile> = {}): ResultFile {
  return {
    schema: SCHEMA_NAME,
    schemaVersion: SCHEMA_VERSION,
    id: 'file-1',
    createdAt: '2026-11-22T20:00:00.000Z',
    tool: { name: 'fleetmark', version: '0.1.0', commit: '0123456789abcdef', dirty: false },
    environment: {
      lane: 'browser',
      adapter: {
        vendor: 'acme',
        architecture: 'rocket',
        device: '',
        description: 'ACME Rocket 9000',
        isFallback: false,
        isSoftware: false,
        features: ['timestamp-query'],
        limits: { maxBufferSize: 268_435_456 },
      },
      browser: { name: 'Chromium', version: '156.0.1.2', userAgent: 'test', headless: true, flags: ['--headless=new'] },
      os: { name: 'Linux', architecture: 'x86' },
      logicalCores: 2,
      crossOriginIsolated: true,
      runtimes: { 'onnxruntime-web': '1.30.0' },
    },
    plan: { suite: 'smoke', seed: 1, nonDefault: {} },
    sessions,
    ...changes,
  };
}
