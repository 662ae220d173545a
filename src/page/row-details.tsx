// Everything known of one case: check, doubts, what each number means, every sample, placement, cost, raw numbers.
import { ALSO_CALLED, DEFINITIONS, type DefinitionId } from '../core/definitions.ts';
import { WARNINGS } from '../core/warnings.ts';
import { grouped, metricSentence } from '../report/case-lines.ts';
import { gapChart, stripChart } from '../report/charts.ts';
import { gateSentence } from '../report/decoder-gate.ts';
import { estimatorText, placementText } from '../report/headlines.ts';
import { counted, formatDuration, formatQuantity, formatShare } from '../report/units.ts';
import type { Metric, Row } from '../results/schema.ts';
import { PERCENTILE_NEEDS, summarizeMetric } from '../results/summary.ts';
import { Chart } from './charts.tsx';
import { TuningTable } from './tuning-table.tsx';

/** Fewer samples than this are a list, not a distribution: they stand among the metrics and the raw numbers. */
const DISTRIBUTION_FROM = 7;

interface RowDetailsProps {
  readonly row: Row;
  readonly software: string | null;
}

export function RowDetails({ row, software }: RowDetailsProps) {
  const strips = row.metrics.filter(({ samples }) => samples.length >= DISTRIBUTION_FROM).map(stripChart);
  const charts = [gapChart(row), ...strips].filter((spec) => spec !== null);
  const gate = gateSentence(row);
  return (
    <div class="row-details">
      <p>
        <code>{row.id}</code>
      </p>
      {row.reason && <p class="fault">{row.reason}</p>}
      {row.verification?.detail && <pre>{row.verification.detail}</pre>}
      {gate && <p>{gate}</p>}
      <Doubts row={row} />
      {row.metrics.length > 0 && <MetricList row={row} />}
      {charts.map((spec) => (
        <Chart key={spec.title} spec={spec} software={software} tableId={null} />
      ))}
      {row.tuning && <TuningTable tuning={row.tuning} id={row.id} />}
      {row.operations && <Operations operations={row.operations} />}
      <Facts row={row} />
      {row.metrics.length > 0 && <RawNumbers metrics={row.metrics} />}
    </div>
  );
}

function Doubts({ row }: { readonly row: Row }) {
  if (row.warnings.length === 0) return null;
  return (
    <ul class="doubt-list" aria-label="Doubts">
      {row.warnings.map(({ name, detail }) => (
        <li key={name}>
          <strong>{name}</strong>: {WARNINGS[name]}
          {detail && ` (${detail})`}
        </li>
      ))}
    </ul>
  );
}

function MetricList({ row }: { readonly row: Row }) {
  return (
    <dl class="metrics">
      {row.metrics.map((metric) => (
        <div key={metric.name}>
          <dt>{metric.name}</dt>
          <dd>
            {metricSentence(row, metric.name, metric.unit) ?? 'no sample'}
            {percentilesText(metric)}
            <small>
              {definitionText(metric.definition)} <code>{metric.definition}</code>
            </small>
            <small>{samplingText(metric)}</small>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function definitionText(id: string): string {
  const text = DEFINITIONS[id as DefinitionId];
  if (text === undefined) return 'a definition that this version does not know:';
  const others = ALSO_CALLED[id as DefinitionId];
  return others ? `${text} (${others})` : text;
}

function percentilesText(metric: Metric): string {
  const summary = summarizeMetric(metric);
  if (!summary || metric.name !== 'gap') return '';
  const p90 =
    summary.p90 === null
      ? `p90 needs ${PERCENTILE_NEEDS.p90} samples`
      : `p90 ${formatQuantity(summary.p90, metric.unit)}`;
  const p99 =
    summary.p99 === null ? `p99 needs ${PERCENTILE_NEEDS.p99}` : `p99 ${formatQuantity(summary.p99, metric.unit)}`;
  return `; ${p90}, ${p99}`;
}

function samplingText({ estimator, opsPerSample, warmup, excluded }: Metric): string {
  const causes = [...new Set(excluded.map(({ cause }) => cause))].join(', ');
  return [
    estimatorText(estimator),
    opsPerSample > 1 ? `${grouped(opsPerSample)} operations a sample` : '',
    counted(warmup.length, 'warm-up sample'),
    excluded.length === 0 ? 'none excluded' : `${excluded.length} excluded: ${causes}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function Facts({ row }: { readonly row: Row }) {
  const entries = [...verificationFacts(row), ...costFacts(row), ...placementFacts(row), ...otherFacts(row)];
  return (
    <dl class="facts">
      {entries.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Where the time of one decode step goes: the largest first. */
function Operations({ operations }: { readonly operations: NonNullable<Row['operations']> }) {
  const total = operations.reduce((sum, { ns }) => sum + ns, 0);
  return (
    <div>
      <p class="muted" id="operations-title">
        One decode step, operation by operation: {formatQuantity(total, 'ns')} on the GPU
      </p>
      <table class="operations" aria-labelledby="operations-title">
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col" class="number">
              Time
            </th>
            <th scope="col" class="number">
              Share
            </th>
            <th scope="col" class="number">
              Dispatches
            </th>
          </tr>
        </thead>
        <tbody>
          {operations
            .toSorted((a, b) => b.ns - a.ns)
            .map(({ name, ns, dispatches }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{formatQuantity(ns, 'ns')}</td>
                <td class="number">{total > 0 ? formatShare(ns / total) : ''}</td>
                <td class="number">{grouped(dispatches)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

type Entry = readonly [label: string, value: string];

function verificationFacts({ verification }: Row): Entry[] {
  if (!verification) return [];
  const { rule, checked, total, figures } = verification;
  const perplexity = verification.perplexity;
  const heldout = perplexity
    ? [
        [
          'Perplexity',
          `${perplexity.value.toPrecision(5)} on ${grouped(perplexity.tokens)} tokens of ${perplexity.text}${perplexity.reference === undefined ? '' : `; reference ${perplexity.reference.toPrecision(5)}`}`,
        ] as const,
      ]
    : [];
  const shown = Object.entries(figures).map(([name, value]) => `${spaced(name)} ${figureText(value)}`);
  return [
    ['Check', `${rule}; ${grouped(checked)} of ${grouped(total)} compared`],
    ...(shown.length > 0 ? [['Check figures', shown.join(', ')] as const] : []),
    ...heldout,
  ];
}

function costFacts({ cost, kind }: Row): Entry[] {
  if (!cost) return [];
  const per = kind === 'decoder' ? 'token' : 'operation';
  const dispatches =
    cost.dispatches === undefined
      ? ''
      : `, ${grouped(cost.dispatches)} ${cost.dispatches === 1 ? 'dispatch' : 'dispatches'}`;
  const work = `${formatQuantity(cost.flops, 'FLOP')}, ${formatQuantity(cost.bytes, 'bytes')}${dispatches}`;
  return [[`Counted cost per ${per}`, work]];
}

function placementFacts(row: Row): Entry[] {
  if (!row.placement) return [];
  const { provider, timeShareOnGpu, cpuOperators } = row.placement;
  const time = timeShareOnGpu === undefined ? '' : `, ${formatShare(timeShareOnGpu)} of node time`;
  return [
    ['Placement', `${placementText(row)}${time}; provider ${provider}`],
    ...(cpuOperators.length > 0 && provider !== 'wasm'
      ? [['Operators on the CPU', cpuOperators.join(', ')] as const]
      : []),
  ];
}

function otherFacts({ facts, durationMs }: Row): Entry[] {
  const own = Object.entries(facts).map(([name, value]): Entry => factEntry(name, value));
  return [...own, ['Case took', formatDuration(durationMs / 1000)]];
}

/** A fact's name ends in its unit where it has one (`compileNs`, `modelBytes`). */
function factEntry(name: string, value: string | number | boolean): Entry {
  const label = spaced(name.replace(/Ns$/, ''));
  if (typeof value !== 'number') return [label, value === true ? 'yes' : value === false ? 'no' : value];
  if (name.endsWith('Ns')) return [label, formatQuantity(value, 'ns')];
  if (name.endsWith('Bytes')) return [label, formatQuantity(value, 'bytes')];
  return [label, grouped(value)];
}

/** `maxContext` → `max context`. */
function spaced(name: string): string {
  return name.replace(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
}

/** `0.98`, `2.5e-15`: no row of zeros to count. */
function figureText(value: number): string {
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(1) : String(Number(value.toPrecision(3)));
}

function RawNumbers({ metrics }: { readonly metrics: readonly Metric[] }) {
  return (
    <details>
      <summary>Raw numbers</summary>
      {metrics.map(({ name, unit, samples, warmup }) => (
        <div key={name}>
          <h4>
            {name}, {unit}: {samples.length} samples
          </h4>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling block must be reachable by keyboard */}
          <pre class="raw" tabIndex={0}>
            {samples.join(' ')}
            {warmup.length > 0 && `\n\nwarm-up: ${warmup.join(' ')}`}
          </pre>
        </div>
      ))}
    </details>
  );
}
