// Runs of the event simulator as plain text: one simulation beside the closed form, a goodput search, the queueing check.
// Formats what src/fleet/simulator computed; computes nothing.
import type { Goodput } from '../fleet/simulator/goodput.ts';
import type { QueueCheck } from '../fleet/simulator/queueing.ts';
import type { SimulationSettings } from '../fleet/simulator/settings.ts';
import type { Slo, Spread, Summary } from '../fleet/simulator/summary.ts';
import { formatTable } from './text-table.ts';
import { formatQuantity, formatShare } from './units.ts';
import { wrap } from './wrap.ts';

const NS_PER_MS = 1e6;

/** The closed form of the same replica at the same number of requests in flight. */
export interface ClosedForm {
  readonly concurrency: number;
  readonly tpotMs: number;
  readonly tokensPerGpu: number;
}

/** One repetition; ends without a newline. `closed` is null where the layout has none. */
export function formatSimulation(
  settings: SimulationSettings,
  summary: Summary,
  slo: Slo,
  closed: ClosedForm | null,
): string {
  return [...describe(settings), ...table(summaryRows(summary, slo)), ...closedLines(settings, summary, closed)].join(
    '\n',
  );
}

export function formatGoodput(settings: SimulationSettings, goodput: Goodput, slo: Slo, share: number): string {
  const limits = `${formatShare(share)} of requests within ${limitsOf(slo)}`;
  if (!goodput.summary) return [...describe(settings), `no rate keeps ${limits}`].join('\n');
  const { perSecond, summary } = goodput;
  const line = `${perSecond.toPrecision(3)} requests/s keep ${limits}; at that rate:`;
  return [...describe(settings), line, ...table(summaryRows(summary, slo))].join('\n');
}

export function formatQueueChecks(checks: readonly QueueCheck[], requests: number): string {
  const percent = (ratio: number): string => `${(100 * (ratio - 1)).toFixed(2)} %`;
  return [
    ...wrap(
      `The simulator with a step time that never changes is the queue M/G/c. Mean wait in mean service times, ${requests.toLocaleString('en-US')} requests a case:`,
      '',
    ),
    ...table([
      ['queue', 'servers', 'load', 'theory', 'simulated', 'off by', "Little's law off by"],
      ...checks.map(({ name, servers, load, theory, simulated, little }) => [
        name,
        String(servers),
        formatShare(load),
        theory.toPrecision(4),
        simulated.toPrecision(4),
        percent(simulated / theory),
        percent(little),
      ]),
    ]),
  ].join('\n');
}

function describe(s: SimulationSettings): string[] {
  const gpus = s.tp * s['attention-dp'];
  const apart = s['prefill-instances'] > 0 ? ` and ${s['prefill-instances']} for prompts` : '';
  const arrivals = s.rate === null ? `${s.concurrency} in flight` : `${s.rate} arrivals/s`;
  const hit = s['cache-hit'] > 0 ? `, ${formatShare(s['cache-hit'])} of prompts cached` : '';
  return wrap(
    `simulate  ${s.model} ${s.precision}, ${s.engine}, ${s.instances} x ${gpus} ${s.hardware}${apart}, ${s.isl} in, ${s.osl} out${hit}, ${arrivals}, seed ${s.seed}`,
    '',
    '          ',
  );
}

function summaryRows(summary: Summary, slo: Slo): string[][] {
  const whole = (n: number): string => n.toLocaleString('en-US');
  const { goodput, tpotMs, tokensPerUser } = summary;
  return [
    ['requests', `${whole(summary.requests)} counted, ${summary.requestsPerSecond.toPrecision(3)} a second`],
    ['tokens', `${whole(summary.inputTokens)} in, ${whole(summary.outputTokens)} out`],
    [
      'rate',
      `${perGpu(summary.outputTokensPerSecondPerGpu)}${tokensPerUser === null ? '' : `, ${tokensPerUser.toPrecision(3)} tok/s/user`}`,
    ],
    ['TTFT', spread(summary.ttftMs)],
    ['TPOT', tpotMs ? spread(tpotMs) : 'no request has a second token'],
    [
      'goodput',
      `${formatShare(goodput.share)} within ${limitsOf(slo)}: ${goodput.requestsPerSecond.toPrecision(3)} requests/s, ${perGpu(goodput.outputTokensPerSecondPerGpu)}`,
    ],
    ['busy', `${formatShare(summary.busyShare)} of the time, ${whole(summary.preemptions)} preemptions`],
  ];
}

function closedLines({ osl, rate }: SimulationSettings, summary: Summary, closed: ClosedForm | null): string[] {
  if (!closed || !summary.tpotMs) return [];
  const ratio = (a: number, b: number): string => (a / b).toFixed(3);
  // A closed loop of equal lengths starts and ends its requests together: prompts fall before decode instead of between its steps.
  const inStep =
    rate === null && Number.isFinite(Number(osl))
      ? ' Requests of equal length march in step, which is no steady state: --osl uniform:LO:HI lets them mix.'
      : '';
  return wrap(
    `Closed form at ${closed.concurrency.toPrecision(3)} in flight: TPOT ${formatQuantity(closed.tpotMs * NS_PER_MS, 'ns')}, ${perGpu(closed.tokensPerGpu)}; simulated / closed form ${ratio(summary.tpotMs.mean, closed.tpotMs)} and ${ratio(summary.outputTokensPerSecondPerGpu, closed.tokensPerGpu)}.${inStep}`,
    '',
  );
}

function limitsOf({ ttftMs, tpotMs }: Slo): string {
  return `TTFT ${formatQuantity(ttftMs * NS_PER_MS, 'ns')} and TPOT ${formatQuantity(tpotMs * NS_PER_MS, 'ns')}`;
}

function perGpu(rate: number): string {
  return `${formatQuantity(rate, 'tokens/s')}/GPU`;
}

function spread({ mean, p50, p99 }: Spread): string {
  const ms = (x: number): string => formatQuantity(x * NS_PER_MS, 'ns');
  return `p50 ${ms(p50)}, p99 ${ms(p99)}, mean ${ms(mean)}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  return formatTable(
    rows.map((cells) => ({ cells })),
    [],
  ).map((line) => `   ${line}`);
}
