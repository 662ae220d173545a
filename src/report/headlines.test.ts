import { describe, expect, it } from 'vitest';
import type { Row } from '../results/schema.ts';
import { KERNEL_ID, sampleDecoderRow, sampleRow, sampleSession } from '../results/testdata/sample-file.ts';
import { headlines, placementText } from './headlines.ts';

const PROBES = [
  sampleRow('kernel/stream/read:bytes=4', [1], { cost: { flops: 0, bytes: 1 } }),
  sampleRow('kernel/fma/vec4', [1], { cost: { flops: 100, bytes: 0.001 } }),
];
const failed: Partial<Row> = {
  state: 'failed',
  verification: { state: 'failed', rule: '', checked: 8, total: 8, figures: {} },
};

describe('headlines', () => {
  it('shows decode rate, first token and the best kernel with what they rest on', () => {
    const kernel = sampleRow(KERNEL_ID, [100, 100, 100, 100, 100, 125], { cost: { flops: 5000, bytes: 1 } });
    const worse = sampleRow('kernel/matmul/naive', [100], { cost: { flops: 100, bytes: 1 } });
    const [decode, ttft, share] = headlines(sampleSession([...PROBES, worse, kernel, sampleDecoderRow()]));
    expect(decode).toMatchObject({ value: '10.0 tok/s', spread: 'range 9.80 tok/s to 10.2 tok/s, n = 2' });
    expect(decode!.basis.join('; ')).toContain('checked all 8 tokens; the only decoder case');
    expect(decode!.basis.join('; ')).toContain('wall clock; 412 of 420 nodes on the GPU');
    expect(ttft!.value).toBe('205 ms');
    expect(share).toMatchObject({ value: '50 %', spread: '95 %, of its time alone: 40 % to 50 %, n = 6' });
    expect(share!.basis.join('; ')).toContain('best of 2 checked of 2 kernel cases');
  });

  it('never makes a headline of a row that failed', () => {
    const session = sampleSession([
      ...PROBES,
      sampleRow(KERNEL_ID, [1], { cost: { flops: 100, bytes: 1 }, ...failed }),
      sampleDecoderRow(failed),
    ]);
    expect(headlines(session).map(({ value }) => value)).toEqual([null, null, null]);
    expect(headlines(session)[0]!.because).toBe('No decoder agreed with its reference (1 of 1 disagree).');
    expect(headlines(session)[2]!.because).toContain('No checked kernel');
  });

  it('makes no headline of a share above the roof, and says how many there are', () => {
    const above = sampleRow('kernel/rope/vec4', [50], { cost: { flops: 1, bytes: 100 } });
    const below = sampleRow(KERNEL_ID, [100], { cost: { flops: 5000, bytes: 1 } });
    const share = headlines(sampleSession([...PROBES, above, below]))[2]!;
    expect(share.value).toBe('50 %');
    expect(share.basis.at(-1)).toBe(
      '1 kernel stands above the roof: the data fits a cache, or the probe was disturbed',
    );
    expect(headlines(sampleSession([...PROBES, above]))[2]).toMatchObject({ value: null, because: share.basis.at(-1) });
  });

  it('says what is missing for a roofline share', () => {
    expect(headlines(sampleSession([sampleRow(KERNEL_ID, [1])]))[2]!.because).toContain('needs both probes');
    expect(headlines(sampleSession([]))[0]!.because).toBe('No decoder case in this run.');
  });
});

it('names the placement of a wasm run from its runtime', () => {
  expect(placementText(sampleRow('model/wllama/x', []))).toBe('on the CPU (wasm)');
  expect(placementText(sampleRow('model/ort-wasm/x', []))).toBe('on the CPU (wasm)');
  expect(placementText(sampleRow('model/ort-webgpu/x', []))).toBe('placement unknown');
});
