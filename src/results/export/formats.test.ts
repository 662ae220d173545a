import { describe, expect, it } from 'vitest';
import { fromLlamaBench } from '../import/llama-bench.ts';
import type { ResultFile } from '../schema.ts';
import {
  DECODER_ID,
  KERNEL_ID,
  sampleDecoderRow,
  sampleFile,
  sampleMetric,
  sampleRow,
  sampleSession,
} from '../testdata/sample-file.ts';
import { EXPORTERS, type ExportFormat } from './formats.ts';

/** Two generations of a prompt of 16 and three tokens: 200 and 300 ms to the first, then gaps. */
const decoder = sampleDecoderRow({
  facts: { promptTokens: 16, newTokens: 3, model: 'test-4x128', modelBytes: 100, parameters: 25, threads: 1 },
  startedMs: 1000,
  metrics: [
    sampleMetric('ttft', [2e8, 3e8], { estimator: 'wall' }),
    sampleMetric('gap', [1e8, 1.2e8, 1e8, 1.4e8], { estimator: 'wall' }),
    sampleMetric('prefill-rate', [80, 160], { unit: 'tokens/s', better: 'higher' }),
    sampleMetric('decode-rate', [10, 8], { unit: 'tokens/s', better: 'higher' }),
  ],
});
const failed = sampleRow('kernel/wrong/fast', [1], { state: 'failed', reason: 'disagrees' });
const file = sampleFile([
  sampleSession([sampleRow(KERNEL_ID, [100, 200, 300]), decoder, failed], { id: 's1' }),
  sampleSession([sampleRow(KERNEL_ID, [400])], { id: 's2' }),
]);
const labelled = { ...file, id: 'file-2', environment: { ...file.environment, label: 'lab "2"' } };

const convert = (to: ExportFormat, files: readonly ResultFile[] = [file], better: 'lower' | 'higher' = 'lower') =>
  EXPORTERS[to](files, { better });
const json = (...args: Parameters<typeof convert>) => JSON.parse(convert(...args));

it('every format ends with a newline and shows no failed row’s speed', () => {
  for (const to of Object.keys(EXPORTERS) as ExportFormat[]) {
    const text = convert(to);
    expect(text).toMatch(/\n$/);
    // csv and trace have a place for the state.
    if (to !== 'csv' && to !== 'trace') expect(text).not.toContain('kernel/wrong/fast');
  }
});

it('csv: one line a sample, failed rows with their state, quotes as RFC 4180 has them', () => {
  const lines = convert('csv', [labelled]).split('\r\n');
  expect(lines[0]).toBe('file_id,device,session_id,case_id,kind,state,metric,definition,unit,better,sample,value');
  expect(lines[2]).toBe(`file-2,"lab ""2""",s1,${KERNEL_ID},kernel,ok,time,kernel-time/gpu-or-slope,ns,lower,1,200`);
  expect(lines.filter((line) => line.includes(',failed,'))).toHaveLength(1);
  expect(lines).toHaveLength(1 + 3 + 10 + 1 + 1 + 1);
});

it('bmf: median of session medians with its interval, the device before the name where there are several', () => {
  const bmf = json('bmf');
  expect(bmf[KERNEL_ID]).toEqual({ 'time (ns)': { value: 300, lower_value: 200, upper_value: 400 } });
  expect(bmf[DECODER_ID]['decode-rate (tokens/s)']).toEqual({ value: 9 });
  expect(Object.keys(json('bmf', [file, labelled]))).toContain(`lab "2"/${KERNEL_ID}`);
});

it('gha: only values of the direction asked for', () => {
  expect(json('gha')[0]).toEqual({
    name: `${KERNEL_ID}/time`,
    unit: 'ns',
    value: 300,
    range: '± 100',
    extra: '4 samples in 2 sessions; kernel-time/gpu-or-slope',
  });
  const names = (better: 'lower' | 'higher') =>
    json('gha', [file], better).map((entry: { name: string }) => entry.name);
  expect(names('higher')).toEqual([`${DECODER_ID}/prefill-rate`, `${DECODER_ID}/decode-rate`]);
  expect(names('lower')).toEqual([`${KERNEL_ID}/time`, `${DECODER_ID}/ttft`, `${DECODER_ID}/gap`]);
});

it('gbench: a session is a repetition', () => {
  const { context, benchmarks } = json('gbench');
  expect(context).toMatchObject({
    json_schema_version: 1,
    num_cpus: 2,
    date: file.createdAt,
    host_name: 'ACME Rocket 9000',
  });
  const kernel = benchmarks.filter((entry: { name: string }) => entry.name === `${KERNEL_ID}/time`);
  expect(kernel).toMatchObject([
    { repetitions: 2, repetition_index: 0, iterations: 3, real_time: 200, time_unit: 'ns', run_type: 'iteration' },
    { repetitions: 2, repetition_index: 1, iterations: 1, real_time: 400, family_index: 0 },
  ]);
  expect(kernel[0].flops_per_second).toBeCloseTo((2 * 64 ** 3) / 200e-9, -3);
  expect(benchmarks).toHaveLength(4);
});

it('trace: cases on the session’s clock, tokens end to end after their case’s start, in µs', () => {
  const { traceEvents } = json('trace', [file, labelled]);
  const spans = traceEvents.filter((event: { ph: string }) => event.ph === 'X');
  expect(new Set(spans.map(({ pid }: { pid: number }) => pid))).toEqual(new Set([1, 2, 3, 4]));
  const tokens = spans.filter(({ pid, cat }: { pid: number; cat: string }) => pid === 1 && cat === 'token');
  expect(tokens.map(({ name, ts, dur }: { name: string; ts: number; dur: number }) => [name, ts, dur])).toEqual([
    ['first token', 1e6, 2e5],
    ['token 2', 1.2e6, 1e5],
    ['token 3', 1.3e6, 1.2e5],
    ['first token', 1.42e6, 3e5],
    ['token 2', 1.72e6, 1e5],
    ['token 3', 1.82e6, 1.4e5],
  ]);
  expect(spans.find(({ name }: { name: string }) => name === 'kernel/wrong/fast').args.state).toBe('failed');
  const names = traceEvents.filter((event: { name: string }) => event.name === 'process_name');
  expect(names.map((event: { args: { name: string } }) => event.args.name)[2]).toMatch(/^lab "2", session of 2026/);
});

describe('vllm', () => {
  const [line] = convert('vllm')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text));
  it('has every request’s times, in seconds', () => {
    expect(line).toMatchObject({
      date: '20261122-200000',
      model_id: 'test-4x128',
      num_prompts: 2,
      completed: 2,
      total_input_tokens: 32,
      total_output_tokens: 6,
      ttfts: [0.2, 0.3],
      itls: [
        [0.1, 0.12],
        [0.1, 0.14],
      ],
    });
    expect(line.duration).toBeCloseTo(0.42 + 0.54, 12);
    expect(line.output_throughput).toBeCloseTo(6 / 0.96, 12);
  });
  it('has statistics as numpy computes them, and no percentile that n does not support', () => {
    expect(line.mean_ttft_ms).toBeCloseTo(250, 9);
    expect(line.std_ttft_ms).toBeCloseTo(50, 9);
    expect(line.median_tpot_ms).toBeCloseTo(115, 9);
    expect(line.mean_itl_ms).toBeCloseTo(115, 9);
    expect(line.mean_e2el_ms).toBeCloseTo(480, 9);
    expect(Object.keys(line).filter((key) => key.startsWith('p99'))).toEqual([]);
  });
  it('leaves out a row whose gaps do not part into generations', () => {
    const odd = { ...decoder, metrics: [decoder.metrics[0]!, sampleMetric('gap', [1, 2, 3])] };
    expect(convert('vllm', [sampleFile([sampleSession([odd])])])).toBe('');
  });
});

describe('llama-bench', () => {
  const rows = json('llama-bench');
  it('has a pp and a tg row', () => {
    expect(rows).toMatchObject([
      { n_prompt: 16, n_gen: 0, n_depth: 0, avg_ts: 120, samples_ts: [80, 160], samples_ns: [2e8, 1e8] },
      { n_prompt: 0, n_gen: 2, n_depth: 16, avg_ts: 9, samples_ns: [2e8, 2.5e8], stddev_ns: 35355339 },
    ]);
    expect(rows[0]).toMatchObject({
      model_type: 'test-4x128 f32',
      model_size: 100,
      model_n_params: 25,
      backends: 'webgpu',
    });
  });
  it('comes back with the same rates', () => {
    const back = fromLlamaBench(JSON.stringify(rows), 'rows.json', { id: 'i', sessionId: 's' });
    const samples = back.sessions[0]!.rows.flatMap((row) => row.metrics.map(({ name, samples }) => [name, samples]));
    expect(samples).toEqual([
      ['prefill-rate', [80, 160]],
      ['decode-rate', [10, 8]],
    ]);
  });
});

it('llama-bench: a tg case has all its tokens generated at no depth, and a batch has no rows', () => {
  const tg = sampleDecoderRow({
    facts: { promptTokens: 0, newTokens: 128, model: 'tiny' },
    metrics: [sampleMetric('decode-rate', [10], { unit: 'tokens/s', definition: 'decode-rate/llama-bench-tg' })],
  });
  const batch = { ...decoder, facts: { ...decoder.facts, batch: 4 } };
  const rows = json('llama-bench', [sampleFile([sampleSession([tg, batch])])]);
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ n_prompt: 0, n_gen: 128, n_depth: 0, samples_ns: [12_800_000_000] });
  expect(convert('vllm', [sampleFile([sampleSession([batch])])])).toBe('');
});
