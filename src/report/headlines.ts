// The three numbers a result opens with, each with its interval and everything needed to doubt it.
// A row that failed, or was not checked, is never a headline; the reason stands in its place.
import { isProbe } from '../core/case-order.ts';
import { runtimeOfCase } from '../core/runtimes.ts';
import type { Row, Session } from '../results/schema.ts';
import {
  type DecodeBound,
  decodeBound,
  findMetric,
  type MetricSummary,
  measuredRoofline,
  type Roofline,
  type RooflineShare,
  ranOnCpu,
  rooflineShare,
  summarizeMetric,
} from '../results/summary.ts';
import { labelCase, oneLine } from './case-label.ts';
import { boundText, metricSentence, verifiedText } from './case-lines.ts';
import { headlineDecoder, isDecoder, isHeadlineWorthy, runtimeTitle, sameWorkText } from './headline-decoder.ts';
import { formatQuantity, formatShare, formatWithInterval } from './units.ts';

export interface Headline {
  readonly title: string;
  /** Null when there is nothing to show; `because` then says why. */
  readonly value: string | null;
  /** Interval or range, in words. */
  readonly spread: string;
  /** Which case, how many of how many, estimator, check. */
  readonly basis: readonly string[];
  readonly because: string;
}

export function headlines(session: Pick<Session, 'rows'>): Headline[] {
  const decoder = headlineDecoder(session.rows);
  const bound = decoder && decodeBound(decoder, measuredRoofline(session));
  return [
    withComparison(
      withBound(decoderHeadline('Decode rate', 'decode-rate', 'tokens/s', session.rows, decoder), bound),
      decoder && sameWorkText(session.rows, decoder),
    ),
    decoderHeadline('Time to first token', 'ttft', 'ns', session.rows, decoder),
    rooflineHeadline(session),
  ];
}

/** What the rate is of the one that bandwidth allows, with the spread. */
function withBound(headline: Headline, bound: DecodeBound | null): Headline {
  if (!bound || headline.value === null) return headline;
  const text = `${formatShare(bound.share)} of the ${formatQuantity(bound.tokensPerSecond, 'tokens/s')} that the measured bandwidth allows`;
  return { ...headline, basis: [text, ...headline.basis] };
}

/** What other runtimes made of the same work, before all else: it is what a rate is read against. */
function withComparison(headline: Headline, text: string | null): Headline {
  return text === null || headline.value === null ? headline : { ...headline, basis: [text, ...headline.basis] };
}

function decoderHeadline(
  title: string,
  name: string,
  unit: 'ns' | 'tokens/s',
  rows: readonly Row[],
  row: Row | null,
): Headline {
  const decoders = rows.filter(isDecoder);
  const metric = row && findMetric(row, name);
  const summary = metric && summarizeMetric(metric);
  if (!row || !metric || !summary) {
    return { title, value: null, spread: '', basis: [], because: noDecoderReason(decoders) };
  }
  const verified = decoders.filter(isHeadlineWorthy).length;
  return {
    title: `${title}, ${runtimeTitle(row)}`,
    ...valueAndSpread(summary, unit),
    basis: [
      oneLine(labelCase(row.id)),
      `checked ${verifiedText(row)} tokens; ${decoders.length === 1 ? 'the only decoder case' : `one of ${verified} checked of ${decoders.length} decoder cases`}`,
      `${estimatorText(metric.estimator)}; ${placementText(row)}`,
    ],
    because: '',
  };
}

function noDecoderReason(decoders: readonly Row[]): string {
  if (decoders.length === 0) return 'No decoder case in this run.';
  const failed = decoders.filter((row) => row.state === 'failed').length;
  if (failed > 0) return `No decoder agreed with its reference (${failed} of ${decoders.length} disagree).`;
  return `None of ${decoders.length} decoder cases ended with a checked answer.`;
}

function rooflineHeadline(session: Pick<Session, 'rows'>): Headline {
  const title = 'Best kernel, share of the local roofline';
  const roof = measuredRoofline(session);
  const kernels = session.rows.filter((row) => row.kind === 'kernel' && !isProbe(row.id));
  const candidates = kernels.filter(isHeadlineWorthy).flatMap((row) => {
    const share = rooflineShare(row, roof);
    return share ? [{ row, share }] : [];
  });
  const below = candidates.filter((item) => item.share.share <= 1);
  const within = below.filter((item) => !isCacheFed(item.row, item.share.bound));
  const best = within.sort((a, b) => b.share.share - a.share.share)[0];
  const metric = best && findMetric(best.row, 'time');
  const summary = metric && summarizeMetric(metric);
  if (!best || !metric || !summary) {
    return { title, value: null, spread: '', basis: [], because: noShareReason(roof, candidates.length, below.length) };
  }
  const { share } = best.share;
  const range = summary.interval
    ? `${formatShare((share * summary.median) / summary.interval.hi)} to ${formatShare((share * summary.median) / summary.interval.lo)}`
    : `n = ${summary.n}, too few for an interval`;
  return {
    title,
    value: formatShare(share),
    spread: summary.interval ? `95 %, of its time alone: ${range}, n = ${summary.n}` : range,
    basis: [
      oneLine(labelCase(best.row.id)),
      `${metricSentence(best.row, 'time', 'ns')}; under the ${boundText(best.share)} roof`,
      `best of ${within.length} checked of ${kernels.length} kernel cases; checked ${verifiedText(best.row)} elements; ${estimatorText(metric.estimator)}`,
      ...(candidates.length > below.length ? [aboveRoofText(candidates.length - below.length)] : []),
      ...(below.length > within.length ? [cacheFedText(below.length - within.length)] : []),
    ],
    because: '',
  };
}

/** A cache's bandwidth held against memory's is no share of anything; arithmetic does not care where its operands lie. */
function isCacheFed(row: Row, bound: RooflineShare['bound']): boolean {
  return bound === 'bandwidth' && row.warnings.some((warning) => warning.name === 'cache-resident');
}

function noShareReason(roof: Roofline, candidates: number, below: number): string {
  if (roof.bytesPerSecond === null || Object.keys(roof.compute).length === 0) {
    return 'No roofline: it needs both probes, kernel/stream and kernel/fma.';
  }
  if (candidates === 0) return 'No checked kernel besides the probes in this run.';
  return below === 0 ? aboveRoofText(candidates) : cacheFedText(below);
}

/** A share above 1 says that the roof does not bound that case, not that the kernel is good: it is no headline. */
export function aboveRoofText(count: number): string {
  const stands = count === 1 ? '1 kernel stands' : `${count} kernels stand`;
  return `${stands} above the roof: the data fits a cache, or the probe was disturbed`;
}

function cacheFedText(count: number): string {
  return `${count} under the bandwidth roof left out: their operands fit a cache`;
}

/** The value with the digits its interval supports, and the interval in words. */
function valueAndSpread(summary: MetricSummary, unit: 'ns' | 'tokens/s'): { value: string; spread: string } {
  const plain = formatQuantity(summary.median, unit);
  if (summary.interval) {
    const [value = plain, bounds = ''] = formatWithInterval(summary.median, summary.interval, unit).split(' [');
    return { value, spread: `95 %: ${bounds.replace(', ', ' to ').replace(']', '')}, n = ${summary.n}` };
  }
  if (summary.n === 1) return { value: plain, spread: 'one generation, no interval' };
  const range = `${formatQuantity(summary.min, unit)} to ${formatQuantity(summary.max, unit)}`;
  return { value: plain, spread: `range ${range}, n = ${summary.n}` };
}

export function estimatorText(estimator: Row['metrics'][number]['estimator']): string {
  return {
    timestamp: 'GPU timestamps',
    'wall-slope': 'slope of wall time over batch size',
    wall: 'wall clock',
    count: 'counted',
  }[estimator];
}

/** `all 164 nodes on the GPU`, `151 of 164 nodes on the GPU`, `on the CPU (wasm)`. */
export function placementText(row: Row): string {
  const { id, placement } = row;
  if (ranOnCpu(row)) return 'on the CPU (wasm)';
  if (runtimeOfCase(id) === 'wgsl') return 'all on the GPU, one submit a token';
  if (!placement) return 'placement unknown';
  const { nodes, nodesOnGpu } = placement;
  return nodesOnGpu === nodes ? `all ${nodes} nodes on the GPU` : `${nodesOnGpu} of ${nodes} nodes on the GPU`;
}
