import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { listPeerCases } from '../../../kernels/peer-cases.ts';
import { comparePeers } from '../../results/peer-ratios.ts';
import type { ResultFile, Row } from '../../results/schema.ts';
import { llamaBenchReferences, peerReferences, type RunProgram } from './references.ts';

const SHAPE = 'softmax:rows=512;width=512';
const ATTENTION = listPeerCases()
  .map(({ id }) => id)
  .find((id) => id.startsWith('peer/fleetmark/attention'))!
  .slice('peer/fleetmark/'.length);

function rowAt(shape: string, samples: number[]): Row {
  const time = { name: 'time', definition: 'kernel-time/wall-to-drained', unit: 'ns', better: 'lower' } as const;
  return {
    ...{
      id: `peer/fleetmark/${shape}`,
      kind: 'peer',
      state: 'ok',
      startedMs: 0,
      durationMs: 0,
      facts: {},
      warnings: [],
    },
    metrics: [{ ...time, estimator: 'wall', opsPerSample: 1, samples, warmup: [], excluded: [] }],
  };
}
const fileOf = (...rows: Row[]): ResultFile => ({ sessions: [{ rows }] }) as unknown as ResultFile;

/** What time-ops.py prints, with the figures of fewer samples. */
const RECORDED = JSON.stringify({
  version: '2.9.1+cu128',
  device: 'NVIDIA H100 80GB HBM3',
  rows: [
    {
      operation: 'softmax',
      params: { rows: 512, width: 512 },
      dtype: 'float32',
      wallNs: [31210, 28444, 28110],
      gpuNs: [9216.000325977802, 8160.0002855062485, 8191.99974834919],
    },
    {
      operation: 'attention',
      params: { seq: 128, heads: 8, kvheads: 8, dim: 64 },
      dtype: 'float16',
      wallNs: [40111, 39020],
      gpuNs: [14336.0, 13312.0],
    },
  ],
});

it('PyTorch is asked for the shapes of the run, each once, and its times join as upper references', () => {
  const asked: (readonly string[])[] = [];
  const file = fileOf(
    rowAt(SHAPE, [281100]),
    { ...rowAt(SHAPE, []), id: `peer/jax-js/${SHAPE}` },
    rowAt(ATTENTION, [1]),
  );
  const { rows, notes } = peerReferences(file, (name, args) => {
    asked.push([name, ...args]);
    return RECORDED;
  });
  expect(notes).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(asked[0]!.slice(0, 2)).toEqual(['python3', '-c']);
  expect(asked[0]![2]).toMatch(/^# Times operations of the peers run with PyTorch/);
  expect(JSON.parse(asked[0]![3]!)).toEqual([
    { operation: 'softmax', params: { rows: 512, width: 512 } },
    { operation: 'attention', params: { seq: 128, heads: 8, kvheads: 8, dim: 64 } },
  ]);
  expect(rows.map(({ id }) => id)).toEqual([
    'peer/pytorch-cuda/softmax:rows=512;width=512',
    'peer/pytorch-cuda-f16/attention:seq=128;heads=8;kvheads=8;dim=64',
  ]);
  expect(rows[0]!.facts).toEqual({ version: '2.9.1+cu128', device: 'NVIDIA H100 80GB HBM3', upperReference: true });
  expect(rows[0]!.metrics.map(({ name, samples }) => [name, samples[0]])).toEqual([
    ['time', 31210],
    ['gpu-time', 9216.000325977802],
  ]);
  const [softmax] = comparePeers([{ rows: [...file.sessions[0]!.rows.slice(0, 1), ...rows] }]);
  expect(softmax!.references).toEqual([{ peer: 'pytorch-cuda', ratio: 28444 / 281100 }]);
});

it.each([
  ['a machine without Python', () => fail('python3 is not on the PATH'), 'python3 is not on the PATH'],
  [
    'a Python without PyTorch',
    () => fail("Traceback (most recent call last):\n  File\nModuleNotFoundError: No module named 'torch'"),
    "ModuleNotFoundError: No module named 'torch'",
  ],
  [
    'a PyTorch without CUDA',
    () => JSON.stringify({ version: '2.9.1', device: null, rows: [] }),
    'PyTorch 2.9.1 has no CUDA here',
  ],
])('%s gets one line and no row', (_, run, line) => {
  expect(peerReferences(fileOf(rowAt(SHAPE, [1])), run)).toEqual({ rows: [], notes: [`no upper reference: ${line}`] });
});

it('an operation that a PyTorch cannot do gets a line; the others join', () => {
  const answer = JSON.parse(RECORDED) as { rows: object[] };
  answer.rows[1] = { operation: 'attention', params: { seq: 128 }, dtype: 'float16', error: 'no such attribute' };
  const { rows, notes } = peerReferences(fileOf(rowAt(SHAPE, [1])), () => JSON.stringify(answer));
  expect(rows).toHaveLength(1);
  expect(notes).toEqual(['no upper reference: PyTorch 2.9.1+cu128, attention in float16: no such attribute']);
});

/** The first Python on the path that has PyTorch, or null. */
const python = ['python3', '/usr/bin/python3'].find(
  (name) => spawnSync(name, ['-c', 'import torch'], { timeout: 60_000 }).status === 0,
);
const REAL = python ? 'the script on a real PyTorch' : 'the script on a real PyTorch (skipped: no Python here has one)';

describe.skipIf(!python)(REAL, () => {
  const SHAPES = [
    rowAt(SHAPE, [1]),
    rowAt('matmul:m=128;n=128;k=128;type=f32', [1]),
    rowAt('rmsnorm:rows=128;width=2048;eps=0.00001', [1]),
    rowAt(ATTENTION, [1]),
  ];
  const onPython =
    (...more: string[]): RunProgram =>
    (_, args) =>
      execFileSync(python!, [...args, ...more], { encoding: 'utf8' });

  it('runs to its end on a CPU, and every operation is timed or said to be missing', () => {
    const { rows, notes } = peerReferences(fileOf(...SHAPES), onPython('cpu'));
    const without = notes.filter((note) => note.includes("no attribute 'scaled_dot_product_attention'"));
    expect(notes).toEqual(without);
    expect(rows.map(({ id }) => id.split('/')[2])).toEqual(
      SHAPES.map(({ id }) => id.split('/')[2]).filter((shape) => without.length === 0 || shape !== ATTENTION),
    );
    for (const { metrics } of rows) {
      expect(metrics.map(({ name }) => name)).toEqual(['time', 'gpu-time']);
      expect(metrics[0]!.samples.length).toBeGreaterThanOrEqual(7);
      // What is timed inside takes no longer than what is timed around it.
      expect(metrics[1]!.samples.every((ns, i) => ns <= metrics[0]!.samples[i]!)).toBe(true);
    }
  });

  it('asked for CUDA, times on it or says that there is none', () => {
    const { rows, notes } = peerReferences(fileOf(SHAPES[0]!), onPython());
    if (rows.length === 0) expect(notes[0]).toMatch(/^no upper reference: PyTorch \S+ has no CUDA here$/);
    else expect(rows[0]!.id).toBe(`peer/pytorch-cuda/${SHAPE}`);
  });
});

it('an answer of another form is no row', () => {
  const { rows, notes } = peerReferences(fileOf(rowAt(SHAPE, [1])), () => '{"version": 2}');
  expect(rows).toEqual([]);
  expect(notes[0]).toMatch(/^no upper reference: Invalid/);
});

it('a run without peers asks nobody', () => {
  expect(peerReferences(fileOf(), () => fail('asked'))).toEqual({ rows: [], notes: [] });
});

it('llama-bench is given the file; its rows say that they are references', () => {
  const test = {
    build_commit: 'abc123',
    cpu_info: 'cpu',
    gpu_info: 'NVIDIA H100 80GB HBM3',
    model_filename: 'tiny.gguf',
    model_type: 'llama 1B Q4_0',
    model_size: 100,
    model_n_params: 10,
    n_prompt: 512,
    n_gen: 0,
    test_time: '2026-11-25T12:00:00Z',
    samples_ns: [51200000, 51300000],
  };
  const { rows, notes } = llamaBenchReferences('/models/tiny.gguf', (name, args) => {
    expect([name, ...args]).toEqual(['llama-bench', '-m', '/models/tiny.gguf', '-o', 'json']);
    return JSON.stringify([test]);
  });
  expect(notes).toEqual([]);
  expect(rows).toHaveLength(1);
  expect(rows[0]!.facts.upperReference).toBe(true);
});

function fail(message: string): never {
  throw new Error(message);
}
