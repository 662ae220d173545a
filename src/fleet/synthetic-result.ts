// Result files for tests whose truth is known: rows take exactly the time they are given. Imported by tests alone.
import { DEFAULT_OPTIONS } from '../core/options.ts';
import { assembleResultFile } from '../results/assemble.ts';
import type { ResultFile, Row } from '../results/schema.ts';

export interface SyntheticRow {
  readonly id: string;
  /** ns of an operation, or of an output token. */
  readonly ns: number;
  readonly flops: number;
  readonly bytes: number;
  readonly dispatches?: number;
  readonly change?: Partial<Row>;
}

export function syntheticRow({ id, ns, flops, bytes, dispatches, change }: SyntheticRow): Row {
  const decoder = id.startsWith('model/');
  return {
    id,
    kind: decoder ? 'decoder' : 'kernel',
    state: 'ok',
    startedMs: 0,
    durationMs: 1,
    verification: { state: 'passed', rule: 'exact', checked: 1, total: 1, figures: {} },
    metrics: [
      {
        name: decoder ? 'tpot' : 'time',
        definition: decoder ? 'tpot/vllm' : 'kernel-time/gpu-or-slope',
        unit: 'ns',
        better: 'lower',
        estimator: 'wall',
        opsPerSample: 1,
        samples: [ns * 0.9, ns, ns * 1.3],
        warmup: [],
        excluded: [],
      },
    ],
    cost: { flops, bytes, ...(dispatches === undefined ? {} : { dispatches }) },
    facts: {},
    warnings: [],
    ...change,
  };
}

/** One session per list of rows. */
export function syntheticResult(sessions: readonly (readonly Row[])[], isSoftware = false): ResultFile {
  return assembleResultFile({
    id: 'synthetic',
    createdAt: '2026-11-22T00:00:00Z',
    environment: {
      lane: 'browser',
      adapter: {
        vendor: 'example',
        architecture: '',
        device: '',
        description: 'Example GPU',
        isFallback: isSoftware,
        isSoftware,
        features: [],
        limits: {},
      },
      browser: { name: 'Chrome', version: '1', userAgent: '', headless: true, flags: [] },
      os: { name: 'Linux' },
      logicalCores: 2,
      crossOriginIsolated: true,
      runtimes: {},
    },
    options: DEFAULT_OPTIONS,
    sessions: sessions.map((rows, i) => ({
      id: String(i),
      startedAt: '2026-11-22T00:00:00Z',
      state: 'complete',
      timer: { kind: 'timestamp', quantumNs: 1, clockStepNs: 5000, completionNs: 1000, gpuOverWall: 1, reason: '' },
      hiddenMs: 0,
      order: rows.map((row) => row.id),
      rows: [...rows],
      warnings: [],
    })),
  });
}

/** 1 GB/s, 2 GFLOP/s and 1 ms a dispatch, exactly. */
export const PROBES: readonly Row[] = [
  syntheticRow({ id: 'kernel/stream/read:bytes=4096', ns: 1_004_096, flops: 0, bytes: 4096 }),
  syntheticRow({ id: 'kernel/stream/read:bytes=1000000000', ns: 1e9, flops: 0, bytes: 1e9 }),
  syntheticRow({ id: 'kernel/stream/read:bytes=10000000', ns: 5e6, flops: 0, bytes: 1e7 }),
  syntheticRow({ id: 'kernel/fma/vec4:type=f32', ns: 1e9, flops: 2e9, bytes: 0 }),
];
