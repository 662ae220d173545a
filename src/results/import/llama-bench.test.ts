import { describe, expect, it } from 'vitest';
import { DEFINITIONS } from '../../core/definitions.ts';
import { readResultFile } from '../read.ts';
import { fromLlamaBench } from './llama-bench.ts';

/** Keys and value kinds as llama-bench -o json prints them; those not read are kept to show that they do no harm. */
const test = (changes: object) => ({
  build_commit: '3e0ba0e60',
  build_number: 4229,
  cpu_info: 'AMD Ryzen 9 7950X',
  gpu_info: 'NVIDIA GeForce RTX 4090',
  backends: 'CUDA',
  model_filename: 'models/Qwen2.5 0.5B/qwen2.5-0.5b-q4_0.gguf',
  model_type: 'qwen2 1B Q4_0',
  model_size: 352969408,
  model_n_params: 494032768,
  n_batch: 2048,
  flash_attn: false,
  tensor_split: '0.00',
  n_prompt: 512,
  n_gen: 0,
  test_time: '2026-11-22T20:00:00Z',
  avg_ns: 1e7,
  stddev_ns: 0,
  avg_ts: 51200,
  stddev_ts: 0,
  samples_ns: [10_000_000, 5_000_000],
  samples_ts: [51200, 102400],
  ...changes,
});
const generation = test({ n_prompt: 0, n_gen: 128, n_depth: 64, test_time: '2026-11-22T20:00:05Z', samples_ns: [1e9] });
const both = test({ n_gen: 32, samples_ns: [2e9] });
const read = (text: string) => fromLlamaBench(text, 'native.json', { id: 'i', sessionId: 's' });

describe('fromLlamaBench', () => {
  const file = read(JSON.stringify([test({}), generation, both]));

  it('gives a valid result file of the native lane that names no path', () => {
    expect(readResultFile(JSON.stringify(file), 'again')).toEqual(file);
    expect(file.environment).toMatchObject({
      lane: 'native',
      adapter: { description: 'NVIDIA GeForce RTX 4090', isSoftware: false },
    });
    expect(JSON.stringify(file)).not.toContain('models/Qwen');
  });

  it('keeps every repetition under llama-bench’s own definitions', () => {
    const rows = file.sessions[0]!.rows.map(({ id, metrics: [metric] }) => [id, metric!.definition, metric!.samples]);
    const id = 'model/llama.cpp/qwen2.5-0.5b-q4_0';
    expect(rows).toEqual([
      [`${id}:prompt=512;new=0;depth=0`, 'prefill-rate/llama-bench-pp', [51200, 102400]],
      [`${id}:prompt=0;new=128;depth=64`, 'decode-rate/llama-bench-tg', [128]],
      [`${id}:prompt=512;new=32;depth=0`, 'latency/llama-bench-pg', [2e9]],
    ]);
    for (const [, definition] of rows) expect(Object.keys(DEFINITIONS)).toContain(definition);
  });

  it('reads one test a line', () => {
    const lines = [test({}), generation].map((item) => JSON.stringify(item)).join('\n');
    expect(read(`${lines}\n`).sessions[0]!.rows).toHaveLength(2);
  });

  it('marks a run without a GPU', () => {
    const { environment, sessions } = read(JSON.stringify([test({ gpu_info: '' })]));
    expect(environment.adapter).toMatchObject({ description: 'AMD Ryzen 9 7950X', isSoftware: true });
    expect(sessions[0]!.warnings).toEqual([{ name: 'software-adapter' }]);
  });

  it.each([
    ['', 'native.json: holds no llama-bench test'],
    ['[]', 'native.json: holds no llama-bench test'],
    ['| model | size |', 'native.json: not the JSON of llama-bench'],
    [JSON.stringify([test({}), test({ samples_ns: [1, -1] })]), 'native.json: at 1.samples_ns.1: '],
    [JSON.stringify([test({}), test({ build_commit: 'other' })]), 'native.json: tests differ in build_commit'],
    ['[{"n_prompt": 1}]', 'native.json: at 0.build_commit: '],
  ])('refuses %.30s with file and place', (text, message) => expect(() => read(text)).toThrow(message));
});
