// A device's calibration as text: how much its sessions differ, and what that means for a comparison. Holds no layout of a page.
import type { Calibration } from '../results/calibration.ts';
import type { Metric } from '../results/schema.ts';
import { DEFAULT_THRESHOLDS, thresholdFor } from '../results/thresholds.ts';
import { bestSamplesPerSession, sessionsNeeded } from '../stats/session-plan.ts';
import { type Align, formatTable, type Paint } from './text-table.ts';
import { formatShare } from './units.ts';

const TITLES = [
  'metric',
  'between sessions',
  'inside a session',
  'one session tells',
  'sessions for the threshold',
  'samples worth a session',
] as const;
const ALIGN: readonly Align[] = ['left', 'right', 'right', 'right', 'right', 'right'];
/** A browser's launch with its probes takes about as long as this many samples of 10 ms. */
const SESSION_COST = 500;

export function calibrationText({ device, sessions, metrics }: Calibration, paint: Paint): string {
  const rows = Object.entries(metrics).map(([label, { estimator, sigma, within }]) => {
    const threshold = thresholdOf(label, estimator);
    const needed = sessionsNeeded(sigma, Math.log1p(threshold));
    const samples = bestSamplesPerSession({ between: sigma ** 2, within: within ** 2 }, 1, SESSION_COST);
    return {
      cells: [
        label,
        formatShare(sigma),
        within === 0 ? '–' : formatShare(within),
        // 95 % of ratios of two single sessions without a change lie within this.
        `from ${formatShare(Math.expm1(1.96 * Math.SQRT2 * sigma))}`,
        `${needed ?? 'over 1000'} for ${formatShare(threshold)}`,
        within === 0 || samples === null ? '–' : String(samples),
      ],
    };
  });
  const head = `${device}\nstandard deviation of log values, pooled over cases, from ${sessions} sessions`;
  return [head, '', ...formatTable([{ cells: TITLES, style: 'dim' }, ...rows], ALIGN, paint)].join('\n');
}

function thresholdOf(label: string, estimator: Metric['estimator']): number {
  const [name = '', statistic] = label.split(' ');
  const kind = statistic === 'p90' || statistic === 'p99' ? statistic : 'median';
  return thresholdFor(DEFAULT_THRESHOLDS, { name, estimator }, kind);
}
