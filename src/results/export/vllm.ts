// `--to vllm`: what `vllm bench serve --save-result --save-detailed --append-result` writes, one JSON line a session and decoder case
// (https://github.com/vllm-project/vllm/blob/main/vllm/benchmarks/serve.py). One request at a time, greedy, fixed lengths.
import { mean, variance } from '../../stats/mean-difference.ts';
import { median, quantile, samplesForPercentile, sortSamples } from '../../stats/order-statistics.ts';
import type { ResultFile } from '../schema.ts';
import { generationsOf } from './generations.ts';
import { type PassedRow, passedRows } from './passed-rows.ts';

/** Times in seconds, or in ms where the key says so, as vLLM has them. p99 only from 299 samples on. */
export function toVllm(files: readonly ResultFile[]): string {
  return passedRows(files)
    .map(requestsOf)
    .filter((line) => line !== null)
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');
}

function requestsOf({ session, row }: PassedRow): Record<string, unknown> | null {
  const generations = generationsOf(row);
  if (!generations) return null;
  const { promptTokens, newTokens, model, runtime } = row.facts;
  const [input, output] = [Number(promptTokens), Number(newTokens)];
  const ttfts = generations.map(({ ttftNs }) => ttftNs / 1e9);
  const itls = generations.map(({ gapsNs }) => gapsNs.map((ns) => ns / 1e9));
  const decodes = itls.map((gaps) => gaps.reduce((sum, gap) => sum + gap, 0));
  const latencies = ttfts.map((ttft, i) => ttft + decodes[i]!);
  const duration = latencies.reduce((sum, latency) => sum + latency, 0);
  const requests = generations.length;
  return {
    date: session.startedAt.replace(/[-:]/g, '').replace('T', '-').slice(0, 15),
    backend: runtime ?? row.placement?.provider ?? 'unknown',
    model_id: model ?? row.id,
    tokenizer_id: null,
    num_prompts: requests,
    request_rate: 'inf',
    max_concurrency: 1,
    duration,
    completed: requests,
    failed: 0,
    total_input_tokens: requests * input,
    total_output_tokens: requests * output,
    request_throughput: requests / duration,
    output_throughput: (requests * output) / duration,
    total_token_throughput: (requests * (input + output)) / duration,
    input_lens: generations.map(() => input),
    output_lens: generations.map(() => output),
    ttfts,
    itls,
    ...statistics('ttft', ttfts),
    ...(output > 1
      ? statistics(
          'tpot',
          decodes.map((seconds) => seconds / (output - 1)),
        )
      : {}),
    ...(output > 1 ? statistics('itl', itls.flat()) : {}),
    ...statistics('e2el', latencies),
    fleetmark_case: row.id,
  };
}

function statistics(name: string, seconds: readonly number[]): Record<string, number> {
  const sorted = sortSamples(seconds.map((value) => value * 1e3));
  return {
    [`mean_${name}_ms`]: mean(sorted),
    [`median_${name}_ms`]: median(sorted),
    // numpy's: over n, not n − 1.
    [`std_${name}_ms`]: Math.sqrt((variance(sorted) * (sorted.length - 1)) / sorted.length),
    ...(sorted.length >= samplesForPercentile(0.99) ? { [`p99_${name}_ms`]: quantile(sorted, 0.99) } : {}),
  };
}
