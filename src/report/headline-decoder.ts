// Which decoder a result opens with, and what the other runtimes made of the same work. Pure.
import { runtimeOfCase } from '../core/runtimes.ts';
import type { Row } from '../results/schema.ts';
import { findMetric, ranOnCpu, ranOnGpu, summarizeMetric } from '../results/summary.ts';
import { labelCase } from './case-label.ts';
import { formatWithInterval } from './units.ts';

/** A decoder case, or a model file that turned out to be a decoder. */
export const isDecoder = (row: Row): boolean => row.kind === 'decoder' || findMetric(row, 'decode-rate') !== undefined;

/** What failed, or was not checked, is never a headline. */
export const isHeadlineWorthy = (row: Row): boolean => row.state === 'ok' && row.verification?.state === 'passed';

/**
 * The fastest checked GPU runtime at the work of most bytes a token (the largest model, one sequence before a batch);
 * what ran on a CPU stands in only where no GPU did.
 */
export function headlineDecoder(rows: readonly Row[]): Row | null {
  const candidates = rows.filter((row) => isDecoder(row) && isHeadlineWorthy(row));
  const bytesOf = new Map<string, number>();
  for (const row of candidates) {
    // Runtimes count a few bytes more or less for one model: the work has the most that any of them counts.
    bytesOf.set(workOf(row), Math.max(bytesOf.get(workOf(row)) ?? 0, row.cost?.bytes ?? 0));
  }
  const rank = (row: Row): number[] => [
    ranOnGpu(row) ? 1 : 0,
    /;batch=/.test(row.id) ? 0 : 1,
    bytesOf.get(workOf(row))!,
    rateOf(row)?.median ?? 0,
  ];
  return candidates.sort((a, b) => compareRanks(rank(b), rank(a)))[0] ?? null;
}

/** `wgsl` is a name of case ids; a person is told whose it is. */
export function runtimeTitle(row: Row): string {
  const runtime = runtimeOfCase(row.id);
  return runtime === 'wgsl' ? 'our WGSL engine' : (runtime ?? labelCase(row.id).name);
}

/** The checked decode rates of the other runtimes at the work of `row`, the fastest first; null where there are none. */
export function sameWorkText(rows: readonly Row[], row: Row): string | null {
  const others = rows
    .filter((other) => other !== row && isDecoder(other) && isHeadlineWorthy(other) && workOf(other) === workOf(row))
    .flatMap((other) => {
      const rate = rateOf(other);
      return rate ? [{ other, rate }] : [];
    })
    .sort((a, b) => b.rate.median - a.rate.median)
    .map(({ other, rate }) => {
      const count = rate.interval ? '' : ` (n = ${rate.n})`;
      const where = ranOnCpu(other) ? ' on the CPU' : '';
      // Two graphs of one runtime are the same work.
      const form = other.id.includes(';attention=gqa') ? ' (gqa)' : '';
      return `${runtimeTitle(other)}${form}${where} ${formatWithInterval(rate.median, rate.interval, 'tokens/s')}${count}`;
    });
  return others.length === 0 ? null : `at the same work: ${others.join('; ')}`;
}

function rateOf(row: Row): ReturnType<typeof summarizeMetric> {
  const metric = findMetric(row, 'decode-rate');
  return metric ? summarizeMetric(metric) : null;
}

/** Equal for runtimes that decode one model over the same lengths; how a graph writes attention is the runtime's own. */
function workOf(row: Row): string {
  const { name, params } = labelCase(row.id);
  return [name, ...params.split(' ').filter((word) => !word.startsWith('attention='))].join(' ');
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
