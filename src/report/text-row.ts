// The cells of one case in the result table, by kind: kernels by rate and roofline share, decoders by tokens and latency.
import { parseCaseId } from '../core/case-id.ts';
import { runtimeOfCase } from '../core/runtimes.ts';
import type { Row } from '../results/schema.ts';
import { type AcrossSessions, acrossSessions, type JoinedCase } from '../results/sessions.ts';
import { findMetric, ranOnCpu, summarizeMetric } from '../results/summary.ts';
import { median, sortSamples } from '../stats/order-statistics.ts';
import { labelCase } from './case-label.ts';
import { boundText } from './case-lines.ts';
import type { Align } from './text-table.ts';
import { kernelText } from './tuning.ts';
import { formatQuantity, formatShare, formatWithInterval } from './units.ts';

export type RowKind = Row['kind'];

const RATE_COLUMNS = ['time', 'FLOP/s', 'bytes/s'] as const;
const RATE_ALIGN: readonly Align[] = ['left', 'left', 'right', 'right', 'right', 'right'];

/** Column titles and alignment a kind; the order of kinds is the order of tables. */
export const HEADINGS: Readonly<Record<RowKind, { titles: readonly string[]; align: readonly Align[] }>> = {
  kernel: { titles: ['kernel', 'parameters', ...RATE_COLUMNS, 'of the measured roof'], align: RATE_ALIGN },
  decoder: {
    titles: ['decoder', 'parameters', 'decode', 'first token', 'gap p50', 'p90', 'checked', 'on the GPU'],
    align: ['left', 'left', 'right', 'right', 'right', 'right', 'right', 'right'],
  },
  model: {
    titles: ['model', 'parameters', 'one run', 'load', 'first run', 'checked', 'on the GPU'],
    align: ['left', 'left', 'right', 'right', 'right', 'right', 'right'],
  },
  peer: { titles: ['peer', 'parameters', ...RATE_COLUMNS], align: RATE_ALIGN },
};

/** As many cells as the kind has titles when something was measured; else path, parameters and why not. */
export function cellsOf(kind: RowKind, item: JoinedCase): string[] {
  const { path } = parseCaseId(item.id);
  const parameters = [labelCase(item.id).params, choiceText(item)].filter((part) => part !== '').join(' ');
  const ok = item.rows.filter((row) => row.state === 'ok');
  const [first] = ok;
  if (!first) return [path, parameters, outcomeText(item.rows[0]!)];
  if (kind === 'decoder') return [path, parameters, ...decoderCells(ok)];
  if (kind === 'model') return [path, parameters, ...modelCells(ok)];
  const rates = [path, parameters, ...rateCells(ok)];
  return kind === 'peer' ? rates : [...rates, shareText(item)];
}

/** `→ register wx=16`: the kernel the tuner chose; all of them where sessions differ. */
function choiceText({ id, rows }: JoinedCase): string {
  const chosen = [...new Set(rows.flatMap(({ tuning }) => tuning?.chosen ?? []))];
  return chosen.length === 0 ? '' : `→ ${chosen.map((own) => kernelText(own, id)).join(' or ')}`;
}

function outcomeText(row: Row): string {
  const words = row.expectedFailure ? `${row.state} as expected` : row.state;
  const [reason] = (row.reason ?? '').split('\n', 1);
  return reason ? `${words}: ${reason}` : words;
}

function rateCells(ok: readonly Row[]): string[] {
  const time = acrossSessions(ok, 'time');
  const cost = ok[0]!.cost;
  const rate = (work: number | undefined, unit: 'FLOP/s' | 'bytes/s'): string =>
    time && work ? formatQuantity((work / time.median) * 1e9, unit) : '';
  return [timeText(ok, 'time'), rate(cost?.flops, 'FLOP/s'), rate(cost?.bytes, 'bytes/s')];
}

function shareText({ shares, missing }: JoinedCase): string {
  if (shares.length === 0) return missing ?? '';
  return `${formatShare(median(sortSamples(shares.map((item) => item.share))))} ${boundText(shares[0]!)}`;
}

/** `290 µs ± 0.6 %`: half the interval's width over the median; without an interval, the samples it rests on. */
function timeText(ok: readonly Row[], name: string): string {
  const figure = acrossSessions(ok, name);
  if (!figure) return '';
  const { interval, samples } = figure;
  const value = formatQuantity(figure.median, 'ns');
  if (!interval) return `${value} (n=${samples})`;
  return `${value} ± ${formatShare((interval.hi - interval.lo) / 2 / figure.median)}`;
}

function decoderCells(ok: readonly Row[]): string[] {
  const decode = acrossSessions(ok, 'decode-rate');
  // A case of llama-bench's pp has no other rate.
  const prefill = decode ? null : acrossSessions(ok, 'prefill-rate');
  const first = acrossSessions(ok, 'ttft');
  const gaps = gapSummary(ok);
  return [
    decode ? rateText(decode) : prefill ? `prefill ${rateText(prefill)}` : '',
    first ? formatQuantity(first.median, 'ns') : '',
    gaps ? formatQuantity(gaps.median, 'ns') : '',
    gaps?.p90 == null ? '' : formatQuantity(gaps.p90, 'ns'),
    checkedText(ok[0]!, 'tokens'),
    placementText(ok[0]!),
  ];
}

function rateText({ median: rate, interval, samples }: AcrossSessions): string {
  return `${formatWithInterval(rate, interval, 'tokens/s')}${interval ? '' : ` (n=${samples})`}`;
}

/** Every gap of every session together: the percentile's sample count is what matters here. */
function gapSummary(ok: readonly Row[]): ReturnType<typeof summarizeMetric> {
  return summarizeMetric({ samples: ok.flatMap((row) => findMetric(row, 'gap')?.samples ?? []) });
}

function modelCells(ok: readonly Row[]): string[] {
  const load = acrossSessions(ok, 'load');
  const compile = acrossSessions(ok, 'compile');
  return [
    timeText(ok, 'latency'),
    load ? formatQuantity(load.median, 'ns') : '',
    compile ? formatQuantity(compile.median, 'ns') : '',
    checkedText(ok[0]!, 'values'),
    placementText(ok[0]!),
  ];
}

function checkedText({ verification }: Row, what: string): string {
  if (!verification || verification.state === 'none') return 'no';
  const { checked, total, perplexity } = verification;
  return `${checked}/${total} ${what}${perplexity ? `, perplexity ${perplexity.value.toFixed(3)}` : ''}`;
}

/** Share of nodes, and of time where the runtime tells; a run with CPU nodes says so. */
function placementText(row: Row): string {
  const { id, placement } = row;
  if (ranOnCpu(row)) return 'no: CPU (wasm)';
  if (runtimeOfCase(id) === 'wgsl') return 'all of it';
  if (!placement) return '';
  if (placement.provider !== 'webgpu') return placement.provider;
  const { nodes, nodesOnGpu, timeShareOnGpu } = placement;
  const time = timeShareOnGpu === undefined ? '' : `, ${formatShare(timeShareOnGpu)} of time`;
  return nodesOnGpu === nodes ? `all ${nodes} nodes` : `${nodesOnGpu} of ${nodes} nodes${time}, rest on CPU`;
}
