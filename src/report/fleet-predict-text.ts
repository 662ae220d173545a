// Predictions of serving points as a plain table: median and 80 % interval of each quantity. Computes nothing.
import type { Interval } from '../fleet/serving/intervals.ts';
import type { Prediction } from '../fleet/serving/predict.ts';
import { type Align, formatTable } from './text-table.ts';
import { formatQuantity } from './units.ts';

const HEAD = ['point', 'time per token', 'per GPU', 'per user'];
const ALIGN: readonly Align[] = ['left', 'right', 'right', 'right'];
const NS_PER_MS = 1e6;

/** One line per point, in order: medians with their 80 % intervals, or why there is no answer. */
export function formatPredictions(predictions: readonly Prediction[]): string {
  const rows = predictions.map((prediction) => {
    const { id, reason } = prediction;
    if (reason !== undefined) return { cells: [id, `no answer: ${reason}`] };
    const { tpot_ms: tpot, tok_s_per_gpu: rate, tok_s_per_user: user } = prediction;
    return { cells: [id, time(tpot), rateText(rate), rateText(user)] };
  });
  return ['Median [80 % interval]; output tokens/s.', ...formatTable([{ cells: HEAD }, ...rows], ALIGN)].join('\n');
}

function time(interval: Interval | undefined): string {
  if (!interval) return '–';
  const { p50, i80 } = interval;
  return spread([p50, ...i80].map((ms) => formatQuantity(ms * NS_PER_MS, 'ns')));
}

function rateText(interval: Interval | undefined): string {
  if (!interval) return '–';
  const { p50, i80 } = interval;
  return spread([p50, ...i80].map((rate) => formatQuantity(rate, 'tokens/s')));
}

function spread([middle, lo, hi]: readonly string[]): string {
  return `${middle} [${lo}, ${hi}]`;
}
