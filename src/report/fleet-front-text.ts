// A predicted Pareto front as a plain table under a line that names every condition. Computes nothing.
import type { FrontRequest, FrontRow } from '../fleet/serving/front.ts';
import { type Align, formatTable } from './text-table.ts';
import { formatQuantity, formatShare, formatWithInterval } from './units.ts';
import { wrap } from './wrap.ts';

const HEAD = ['tok/s/user', 'tok/s/GPU [80 %]', 'a token', 'first', 'in flight', 'layout', 'per MW', '$/M'];
const ALIGN: readonly Align[] = ['right', 'right', 'right', 'right', 'right', 'left', 'right', 'right'];
const NS_PER_MS = 1e6;
const STEP = 1.12;

export function formatFront(request: FrontRequest, rows: readonly FrontRow[]): string {
  const table = formatTable([{ cells: HEAD }, ...thinned(rows).map((row) => ({ cells: cellsOf(row) }))], ALIGN);
  return [...wrap(conditions(request)), '', ...table].join('\n');
}

/** Rows at least STEP apart in tokens/s/user, and the fastest; JSON holds them all. */
function thinned(rows: readonly FrontRow[]): FrontRow[] {
  const kept: FrontRow[] = [];
  for (const row of rows) {
    if (row === rows.at(-1) || row.tokensPerUser >= STEP * (kept.at(-1)?.tokensPerUser ?? 0)) kept.push(row);
  }
  return kept;
}

function conditions({ model, hardware, precision, engine, gpus, isl, osl, ...rest }: FrontRequest): string {
  const speculation = rest.speculation
    ? `${rest.speculation.draft} tokens drafted a step, each accepted with ${formatShare(rest.speculation.acceptance)}`
    : 'no speculation';
  return (
    `${model} in ${precision} on ${hardware} under ${engine}, up to ${gpus} GPUs a replica, ${isl} input and ${osl} output tokens, ` +
    `${formatShare(rest.cacheHit)} of the input from the prefix cache, ${rest.disaggregated ? 'prompts on GPUs of their own' : 'prompts and decode on the same GPUs'}, ` +
    `${speculation}. Output tokens/s at full load, medians of a model calibrated on published runs (fleet validate), the time to first token the least sure of them; dollars at a hyperscaler's cost per GPU-hour.`
  );
}

function cellsOf(row: FrontRow): string[] {
  const { layout, tokensPerMw, usdPerMillion } = row;
  const [lo, hi] = row.tokensPerGpu.i80;
  return [
    formatQuantity(row.tokensPerUser, '1'),
    formatWithInterval(row.tokensPerGpu.p50, { lo, hi }, '1'),
    formatQuantity(row.tpotMs.p50 * NS_PER_MS, 'ns'),
    formatQuantity(row.ttftMs.p50 * NS_PER_MS, 'ns'),
    row.concurrency.toFixed(0),
    layout.attentionDp > 1 ? `DP${layout.attentionDp} EP${layout.gpus}` : `TP${layout.tp}`,
    tokensPerMw === null ? '–' : formatQuantity(tokensPerMw, 'tokens/s'),
    usdPerMillion === null ? '–' : formatQuantity(usdPerMillion, '1'),
  ];
}
