import { describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { sampleDecoderRow, sampleMetric, sampleSession } from '../results/testdata/sample-file.ts';
import { headlineDecoder, sameWorkText } from './headline-decoder.ts';
import { headlines } from './headlines.ts';

function decoder(id: string, bytes: number, rate: readonly number[], changes: Partial<Row> = {}): Row {
  const metric = sampleMetric('decode-rate', [...rate], { unit: 'tokens/s', better: 'higher', estimator: 'wall' });
  const placement = id.includes('/ort-webgpu/')
    ? { provider: 'webgpu', nodes: 1, nodesOnGpu: 1, cpuOperators: [] }
    : undefined;
  return sampleDecoderRow({ id, cost: { flops: bytes, bytes }, metrics: [metric], placement, ...changes });
}
const LENGTHS = 'prompt=16;new=8;type=f32';
const ours = decoder(`model/wgsl/m:${LENGTHS}`, 1000, [200]);
const onGpu = decoder(`model/ort-webgpu/m:${LENGTHS};attention=plain`, 1001, [10]);
const onCpu = decoder(`model/ort-wasm/m:${LENGTHS};attention=plain`, 1001, [1877, 1877, 1519, 1924, 1877, 1877]);
const unchecked: Partial<Row> = { verification: { state: 'none', rule: '', checked: 0, total: 1, figures: {} } };

describe('headlineDecoder', () => {
  it('takes the fastest GPU runtime at one work, whichever counts a few bytes more', () => {
    expect(headlineDecoder([onGpu, onCpu, ours])).toBe(ours);
    const faster = decoder(onGpu.id, 1001, [400]);
    expect(headlineDecoder([faster, onCpu, ours])).toBe(faster);
  });

  it('takes the GPU before the CPU, then the larger model, and only what was checked', () => {
    const larger = decoder(`model/ort-webgpu/large:${LENGTHS}`, 1e7, [1]);
    const largestOnCpu = decoder(`model/wllama/largest:${LENGTHS}`, 1e9, [9]);
    const largestUnchecked = decoder(`model/wgsl/largest:${LENGTHS}`, 1e9, [9], unchecked);
    expect(headlineDecoder([ours, largestOnCpu, largestUnchecked, larger])).toBe(larger);
    expect(headlineDecoder([largestOnCpu])).toBe(largestOnCpu);
    expect(headlineDecoder([largestUnchecked])).toBeNull();
    expect(headlineDecoder([])).toBeNull();
  });

  it('takes one sequence before a batch, whose cache has more bytes', () => {
    const batch = decoder(`model/wgsl/m:${LENGTHS};batch=8`, 9000, [900]);
    expect(headlineDecoder([batch, ours])).toBe(ours);
  });
});

describe('sameWorkText', () => {
  it('names the others at the same work, fastest first, and which of them are on the CPU', () => {
    const other = decoder('model/ort-webgpu/m:prompt=64;new=8;type=f32', 1001, [11]);
    const wrong = decoder(`model/wllama/m:${LENGTHS}`, 1001, [5000], { state: 'failed' });
    expect(sameWorkText([onGpu, other, wrong, onCpu, ours], ours)).toBe(
      'at the same work: ort-wasm on the CPU 1877 tok/s [1519, 1924]; ort-webgpu 10.0 tok/s (n = 1)',
    );
    const fused = decoder(`model/ort-webgpu/m:${LENGTHS};attention=gqa`, 1001, [30]);
    expect(sameWorkText([onGpu, fused, ours], ours)).toContain('ort-webgpu (gqa) 30.0 tok/s (n = 1); ort-webgpu 10.0');
    expect(sameWorkText([ours, other], ours)).toBeNull();
  });

  it('stands first under the headline, whose title names the runtime', () => {
    const [decode, ttft] = headlines(sampleSession([onGpu, ours]));
    expect(decode).toMatchObject({ title: 'Decode rate, our WGSL engine', value: '200 tok/s' });
    expect(decode!.basis[0]).toBe('at the same work: ort-webgpu 10.0 tok/s (n = 1)');
    expect(ttft!.basis).toEqual([]);
  });
});
