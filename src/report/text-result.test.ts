import { describe, expect, it } from 'vitest';
import {
  DECODER_ID,
  KERNEL_ID,
  sampleDecoderRow,
  sampleFile,
  sampleMetric,
  sampleRow,
  sampleSession,
} from '../results/testdata/sample-file.ts';
import { formatResultText } from './text-result.ts';

const probes = [
  sampleRow('kernel/stream/read:bytes=1024', [10, 10, 10, 10, 10, 10], { cost: { flops: 0, bytes: 1000 } }),
  sampleRow('kernel/fma/vec4:type=f32', [10, 10, 10, 10, 10, 10], { cost: { flops: 100_000, bytes: 0 } }),
];
const kernel = sampleRow(KERNEL_ID, [99e3, 100e3, 100e3, 100e3, 100e3, 101e3], { cost: { flops: 5e8, bytes: 49_152 } });

function textOf(...rows: Parameters<typeof sampleSession>[0]): string {
  return formatResultText(sampleFile([sampleSession(rows)]));
}

describe('formatResultText', () => {
  it('shows kernels with spread, rates and share of the roof, decoders with rate, latency, check and placement', () => {
    expect(textOf(...probes, kernel, sampleDecoderRow())).toBe(
      [
        'ACME Rocket 9000 · Chromium 156 on Linux · GPU timestamps, quantum 1.00 µs · 1 session',
        '',
        'kernel                   parameters               time         FLOP/s    bytes/s   of the measured roof',
        'kernel/stream/read       bytes=1024      10.0 ns ± 0 %                  100 GB/s        100 % bandwidth',
        'kernel/fma/vec4          f32             10.0 ns ± 0 %   10.0 TFLOP/s                     100 % compute',
        'kernel/matmul/register   m=n=k=64 f32   100 µs ± 1.0 %   5.00 TFLOP/s   492 MB/s           50 % compute',
        '',
        'decoder                       parameters                                      decode   first token   gap p50      p90      checked                                    on the GPU',
        'model/ort-webgpu/test-4x128   prompt=16 new=8 attention=plain f32   10.0 tok/s (n=2)        205 ms    101 ms   102 ms   8/8 tokens   412 of 420 nodes, 98 % of time, rest on CPU',
      ].join('\n'),
    );
  });

  it('names a software adapter under the head line', () => {
    const file = sampleFile([sampleSession([kernel])]);
    const adapter = { ...file.environment.adapter, isSoftware: true };
    const text = formatResultText({ ...file, environment: { ...file.environment, adapter } });
    expect(text.split('\n')[1]).toBe('software adapter: exercises the path, is not a measurement of a GPU');
  });

  it('puts the reason where the figures would be, and the fault table below', () => {
    const text = textOf(
      sampleRow(KERNEL_ID, [], {
        state: 'failed',
        reason: 'NMSE 0.3 > 1e-11',
        verification: {
          state: 'failed',
          rule: 'NMSE',
          checked: 4,
          total: 4,
          figures: {},
          detail: 'index  actual\n    0  1',
        },
      }),
      sampleRow('kernel/gemv/naive:n=1', [], { state: 'skipped', reason: 'over the budget' }),
    );
    expect(text).toContain('kernel/gemv/naive        n=1            skipped: over the budget');
    expect(text).toContain(`${KERNEL_ID}: failed\n  NMSE 0.3 > 1e-11\n  index  actual\n      0  1`);
    expect(text).not.toContain('of the measured roof');
  });

  it('marks a failure that the suite expects', () => {
    const known = sampleDecoderRow({ state: 'failed', expectedFailure: true, reason: 'wrong from 32 tokens' });
    expect(textOf(known)).toContain('failed as expected: wrong from 32 tokens');
    expect(textOf(known)).toContain(`${DECODER_ID}: failed, as expected`);
  });

  it('lists each doubt once with where it applies', () => {
    const doubt = { warnings: [{ name: 'not-steady' as const }] };
    const session = sampleSession([sampleRow('kernel/a/x', [1], doubt), sampleRow('kernel/b/x', [1], doubt)], {
      warnings: [{ name: 'tab-hidden' }, { name: 'software-adapter' }],
    });
    expect(
      formatResultText(sampleFile([session]))
        .split('\n\n')
        .at(-1),
    ).toBe(
      [
        '2 warnings',
        '  tab-hidden   every row   the page was hidden during the run',
        '  not-steady   2 cases     the first and last third of the samples differ by more than 2 %',
      ].join('\n'),
    );
  });

  it('says how several sessions were put together, and which did not end well', () => {
    const sessions = [[1], [2], [9]].map((samples) => sampleSession([sampleRow(KERNEL_ID, samples)]));
    const text = formatResultText(sampleFile([...sessions, sampleSession([], { state: 'crashed' })]));
    expect(text).toContain('4 sessions: median of their medians [lowest, highest] · crashed');
    expect(text).toContain('2.00 ns ± 200 %');
  });

  it('shows a model’s single run', () => {
    const row = sampleRow('file/ort-wasm/net.onnx', [], {
      kind: 'model',
      metrics: [sampleMetric('latency', [2e6, 3e6, 4e6]), sampleMetric('load', [5e7]), sampleMetric('compile', [6e6])],
      placement: { provider: 'wasm', nodes: 3, nodesOnGpu: 0, cpuOperators: [] },
    });
    expect(textOf(row)).toMatch(
      /net\.onnx\s+3\.00 ms \(n=3\)\s+50\.0 ms\s+6\.00 ms\s+4096\/4096 values\s+no: CPU \(wasm\)/,
    );
  });
});
