import { describe, expect, it } from 'vitest';
import { formatRefit } from '../../report/fleet-refit-text.ts';
import { importRuns } from './import-runs.ts';
import { refit } from './refit.ts';

const vllm = {
  date: '20261101-120000',
  backend: 'vllm',
  model_id: 'meta-llama/Llama-3.1-8B-Instruct',
  num_prompts: 100,
  completed: 100,
  duration: 50,
  total_input_tokens: 102400,
  total_output_tokens: 51200,
  output_throughput: 1024,
  max_concurrency: 16,
  mean_ttft_ms: 90,
  mean_tpot_ms: 14,
};

const inferencex = {
  hw: 'b200',
  model: 'openai/gpt-oss-120b',
  framework: 'trt',
  precision: 'fp4',
  conc: '64',
  isl: 1024,
  osl: 1024,
  tp: 4,
  ep: 4,
  dp_attention: 'true',
  mean_ttft: 0.2,
  mean_tpot: 0.008,
  output_tput_per_gpu: 1900,
};

const metrics = {
  time_to_first_token: { unit: 'ms', avg: 100 },
  inter_token_latency: { unit: 'ms', avg: 12 },
  output_token_throughput: { unit: 'tokens/sec', avg: 2400 },
  input_sequence_length: { unit: 'tokens', avg: 1000 },
  output_sequence_length: { unit: 'tokens', avg: 500 },
};
const input_config = { endpoint: { model_names: ['Qwen/Qwen3-32B'] }, loadgen: { concurrency: 32 } };

describe('importRuns', () => {
  it('reads vLLM, lengths as means over the run, throughput shared among GPUs', () => {
    const [point] = importRuns(vllm, 'run.json', { hardware: 'h100', precision: 'bf16', gpus: 2 });
    expect(point).toMatchObject({
      isl: 1024,
      osl: 512,
      concurrency: 16,
      tpot_ms: 14,
      tok_s_per_gpu: 512,
      gpus: 2,
      backend: 'vllm',
    });
  });

  it('reads InferenceX, seconds to milliseconds, attention in data parallel', () => {
    const points = importRuns([inferencex, { ...inferencex, dp_attention: false }], 'agg.json', {});
    expect(points[0]).toMatchObject({
      id: 'agg.json#0',
      tpot_ms: 8,
      ttft_ms: 200,
      concurrency: 64,
      tp: 1,
      attention_dp: 4,
    });
    expect(points[0]!.tok_s_per_gpu).toBe(1900);
    expect(points[1]).toMatchObject({ tp: 4, attention_dp: 1 });
  });

  it('reads AIPerf, metrics at the top or under records', () => {
    const facts = { hardware: 'h200', precision: 'fp8', tp: 2 };
    const expected = {
      model: 'Qwen/Qwen3-32B',
      concurrency: 32,
      isl: 1000,
      osl: 500,
      tpot_ms: 12,
      tok_s_per_gpu: 1200,
    };
    expect(importRuns({ ...metrics, input_config }, 'a.json', facts)[0]).toMatchObject(expected);
    expect(importRuns({ records: metrics, input_config }, 'a.json', facts)[0]).toMatchObject(expected);
  });

  it('says what is missing and how to give it', () => {
    expect(() => importRuns(vllm, 'run.json', {})).toThrow('run.json does not state its hardware: give --hardware');
    expect(() =>
      importRuns({ ...vllm, max_concurrency: null }, 'run.json', { hardware: 'h100', precision: 'fp8' }),
    ).toThrow('--concurrency');
    expect(() => importRuns({ answer: 42 }, 'run.json', {})).toThrow('run.json: not a result of vLLM');
    expect(() => importRuns([], 'run.json', {})).toThrow('holds no run');
  });
});

describe('refit', () => {
  const run = (tpot: number): ReturnType<typeof importRuns> =>
    importRuns({ ...vllm, mean_tpot_ms: tpot, output_throughput: 16000 / tpot }, `run-${tpot}.json`, {
      hardware: 'mi300x',
      precision: 'fp8',
      engine: 'vllm',
    });

  it('moves predictions of that chip towards the run, and makes them surer', () => {
    const slow = run(40);
    const report = refit(slow);
    const [first] = report.runs;
    expect(first!.before.p50).toBeLessThan(40);
    expect(first!.after.p50).toBeGreaterThan(first!.before.p50);
    expect(report.medianShift).toBeGreaterThan(0.05);
    expect(report.widthShift).toBeLessThan(0);
    expect(report.publishedPoints).toBe(182);
  });

  it('stays where it is when the run is as predicted', () => {
    const { runs } = refit(run(20));
    const { medianShift } = refit(run(runs[0]!.before.p50));
    expect(Math.abs(medianShift)).toBeLessThan(0.02);
  });

  it('prints the shift, every run and every parameter', () => {
    const report = refit(run(40));
    const text = formatRefit(report);
    expect(text).toContain('Your run beside 182 published ones moved');
    expect(text).toContain('run-40.json');
    expect(text).toContain('share of memory bandwidth reached');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('refuses a run it cannot place', () => {
    const [point] = run(20);
    expect(() => refit([{ ...point!, hardware: 'H9000' }])).toThrow("hardware 'H9000' is not in the catalogue");
  });
});
