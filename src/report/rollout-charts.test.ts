import { describe, expect, it } from 'vitest';
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { createFleetModel } from '../fleet/fleet-model.ts';
import { buildRolloutReport } from '../fleet/rollout/report.ts';
import { runRollout } from '../fleet/rollout/run.ts';
import { WHOLE } from '../fleet/rollout/shard-file.ts';
import { readScenario } from '../fleet/scenario.ts';
import { fanChart, tornadoChart } from './rollout-charts.ts';

const scenario = readScenario({ scenarios: 300, rows: 24 }, 'test');
const { inputs, rates } = createFleetModel().inputsOf(scenario);
const report = buildRolloutReport(await runRollout(scenario, inputs, WHOLE, cpuTwin), rates);

describe('rollout charts', () => {
  it('hold both fleets in every quarter, bands nested', () => {
    const { points, quarters, summary } = fanChart(report);
    expect(quarters[7]).toBe('Q4 2027');
    expect(points).toHaveLength(2 * quarters.length);
    for (const { p10, p25, p50, p75, p90 } of points)
      expect([p10, p25, p50, p75, p90]).toEqual([p10, p25, p50, p75, p90].sort((a, b) => a - b));
    expect(summary).toMatch(/^End of Q4 2027: without LPX [\d.]+ Gtok\/s \[/);
  });

  it('rank causes by their share', () => {
    const { bars, unit, middle } = tornadoChart(report.decompositions[1]!);
    expect(unit).toBe('tokens/s');
    expect(bars).toHaveLength(8);
    expect(bars[0]!.low !== bars[0]!.high && middle > 0).toBe(true);
    expect(tornadoChart(report.decompositions[2]!).unit).toBe('1');
  });
});
