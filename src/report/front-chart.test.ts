import { describe, expect, it } from 'vitest';
import { buildPairingReport } from '../fleet/pairing/report.ts';
import { DEFAULT_PAIRING } from '../fleet/pairing/settings.ts';
import { calibrate } from '../fleet/serving/calibrate.ts';
import { measuredPoints } from '../fleet/serving/points.ts';
import { frontChart } from './front-chart.ts';

const report = buildPairingReport(DEFAULT_PAIRING, calibrate(measuredPoints()), 4);

describe('frontChart', () => {
  it('holds every speed that either front reaches, and never rises with speed for GPUs alone', () => {
    const { points } = frontChart(report);
    const alone = points.filter(({ series }) => series === 'without LPX');
    expect(alone).toHaveLength(report.front.filter((row) => row.alone !== null).length);
    for (const [i, { tokensPerMegawatt }] of alone.entries())
      if (i > 0) expect(tokensPerMegawatt).toBeLessThanOrEqual(alone[i - 1]!.tokensPerMegawatt * 1.0001);
  });

  it('says from which speed on LPX gives more, and how fast GPUs alone are', () => {
    expect(frontChart(report).summary).toMatch(
      /^LPX gives more per megawatt from about \d+ tokens\/s\/user on; GPUs alone reach/,
    );
    const never = {
      ...report,
      front: report.front.map((row) => ({ ...row, modes: { draft: null, ffn: null, decode: null } })),
    };
    expect(frontChart(never).summary).toContain('LPX gives less per megawatt at every speed shown');
  });
});
