// A merged sweep of the event simulator as plain text or CSV. Formats what the merged counts say; computes nothing.
import type { ShardFile } from '../fleet/rollout/shard-file.ts';
import { summarizeSweep } from '../fleet/simulator/sweep.ts';
import { formatTable } from './text-table.ts';
import { formatQuantity, formatShare } from './units.ts';

const NS_PER_MS = 1e6;

export function formatSweepText(file: ShardFile, format: 'text' | 'csv'): string {
  const sweep = summarizeSweep(file);
  const ms = ({ p50, p99 }: { p50: number; p99: number }): string =>
    `p50 ${formatQuantity(p50 * NS_PER_MS, 'ns')}, p99 ${formatQuantity(p99 * NS_PER_MS, 'ns')}`;
  const { mean, lo, hi } = sweep.outputTokensPerSecond;
  if (format === 'csv') {
    const cells: (readonly [string, number])[] = [
      ['requests', sweep.requests],
      ['input-tokens', sweep.inputTokens],
      ['output-tokens', sweep.outputTokens],
      ['output-tokens-per-second', mean],
      ['good-share', sweep.goodShare],
      ['ttft-p50-ms', sweep.ttftMs.p50],
      ['ttft-p99-ms', sweep.ttftMs.p99],
      ...(sweep.tpotMs
        ? ([
            ['tpot-p50-ms', sweep.tpotMs.p50],
            ['tpot-p99-ms', sweep.tpotMs.p99],
          ] as const)
        : []),
    ];
    return ['quantity,value', ...cells.map(([name, value]) => `${name},${value}`)].join('\n');
  }
  const rows = [
    ['requests', `${sweep.requests.toLocaleString('en-US')}, ${formatShare(sweep.goodShare)} within both limits`],
    ['tokens', `${sweep.inputTokens.toLocaleString('en-US')} in, ${sweep.outputTokens.toLocaleString('en-US')} out`],
    [
      'rate',
      `${formatQuantity(mean, 'tokens/s')} (repetitions ${formatQuantity(lo, 'tokens/s')} to ${formatQuantity(hi, 'tokens/s')})`,
    ],
    ['TTFT', ms(sweep.ttftMs)],
    ['TPOT', sweep.tpotMs ? ms(sweep.tpotMs) : 'no request has a second token'],
    ['preempted', sweep.preemptions.toLocaleString('en-US')],
  ];
  return [
    `${file.of} parts merged, seed ${file.seed}`,
    ...formatTable(
      rows.map((cells) => ({ cells })),
      [],
    ),
  ].join('\n');
}
