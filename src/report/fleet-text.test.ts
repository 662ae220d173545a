import { describe, expect, it } from 'vitest';
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { createFleetModel } from '../fleet/fleet-model.ts';
import { buildFleetReport, type FleetReport } from '../fleet/report.ts';
import { readScenario, type Scenario } from '../fleet/scenario.ts';
import { PROBES, syntheticResult, syntheticRow } from '../fleet/synthetic-result.ts';
import type { ResultFile } from '../results/schema.ts';
import { conclusion, formatFleetLine, formatFleetText } from './fleet-text.ts';
import { formatQuantity } from './units.ts';

const rows = [
  ...PROBES,
  syntheticRow({ id: 'kernel/gemv/naive:m=1', ns: 4.001e9, flops: 2e9, bytes: 4e9 }),
  syntheticRow({
    id: `kernel/matmul/register:${Array.from({ length: 20 }, (_, i) => `name${i}=1`).join(';')}`,
    ns: 2e9,
    flops: 2e9,
    bytes: 1,
  }),
  syntheticRow({ id: 'model/ort-wasm/tiny:new=8', ns: 1, flops: 1, bytes: 1 }),
];
const model = createFleetModel();
const reportOf = (change: Partial<Scenario>, file: ResultFile | null): Promise<FleetReport> =>
  buildFleetReport(file, readScenario({ scenarios: 300, rows: 16, ...change }, 'test'), cpuTwin, model);
const report = await reportOf({}, syntheticResult([rows], true));
const text = formatFleetText(report);

describe('formatFleetLine', () => {
  it('is one line that names count, power, workload, both fleets and their intervals', () => {
    const { paired, unpaired } = report.fleet.headline;
    const show = (value: number): string => formatQuantity(value, 'tokens/s');
    expect(formatFleetLine(report.fleet)).toBe(
      'fleet  1,000,000 GPUs at equal site power, Q4 2027, llama-3.1-70b fp8 1k/1k at 50 tokens/s/user: ' +
        `paired 25 % of Rubins: ${show(paired.p50)} (80 %: ${show(paired.p10)} to ${show(paired.p90)}); ` +
        `unpaired ${show(unpaired.p50)} (${show(unpaired.p10)} to ${show(unpaired.p90)})`,
    );
  });

  it('names what the share is a share of, and what a GPU is', async () => {
    const line = formatFleetLine((await reportOf({ reading: 'racks', count: 'dies' }, null)).fleet);
    expect(line).toContain('paired 25 % of all racks: ');
    expect(line).toContain('1,000,000 GPU dies at equal site power');
  });
});

describe('conclusion', () => {
  it('says in one sentence whether pairing gains, by how much, and why not', async () => {
    expect(conclusion(report.fleet)).toMatch(
      /^At 50 tokens\/s\/user and equal site power, pairing 25 % of Rubins with LPX loses: −\d+ % \(80 %: −\d+ % to −\d+ %\) in tokens\/s, because /,
    );
    const fast = await reportOf({ 'user-rate': 900, model: 'deepseek-r1', precision: 'fp4' }, null);
    expect(conclusion(fast.fleet)).not.toContain('because');
    expect(conclusion((await reportOf({ 'user-rate': 1e5 }, null)).fleet)).toContain('neither GPUs alone nor paired');
    expect(conclusion((await reportOf({ share: 0 }, null)).fleet)).toContain('No Rubin is paired');
  });

  it('names the scenarios that a ratio leaves out, and says when nothing changes', async () => {
    // GPUs alone reach this speed in some ways the model may be wrong only: a ratio of the others alone says "loses".
    const edge = (await reportOf({ 'user-rate': 900, model: 'gemma-4-31b', precision: 'fp4' }, null)).fleet;
    const { both, onlyPaired, onlyAlone, neither } = edge.headline.serves;
    expect(both + onlyPaired + onlyAlone + neither).toBeCloseTo(1, 12);
    expect(onlyPaired).toBeGreaterThan(0.1);
    expect(conclusion(edge)).toMatch(
      /gains: in \d+ % of scenarios GPUs alone serve nothing and paired ones do; where both/,
    );
    const none = (await reportOf({ 'user-rate': 3000 }, null)).fleet;
    expect(conclusion(none)).toMatch(/GPUs alone serve nothing; paired Rubins serve anything in \d+ % of scenarios/);
    const same = (await reportOf({ mode: 'draft', speculation: 'off' }, null)).fleet;
    expect(conclusion(same)).toContain('changes nothing');
    expect(conclusion((await reportOf({ gpus: 8 }, null)).fleet)).toContain('fill no scale-up domain of 72');
  });
});

describe('formatFleetText', () => {
  it('stays within 100 columns but for single longer words, and shows no broken number', () => {
    const long = text.split('\n').filter((line) => line.length > 100 && line.trim().includes(' '));
    expect(long).toEqual([]);
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
  });

  it('keeps the three parts apart and in order', () => {
    const titles = [...text.matchAll(/^\d\. .*$/gm)].map(([line]) => line);
    expect(titles).toEqual([
      '1. Your device: Example GPU',
      '2. The fleet, from datacenter measurements and published specifications',
      '3. The bridge: what your device may tell the fleet',
    ]);
  });

  it('says that a software adapter moved nothing', () => {
    const flat = text.replace(/\s+/g, ' ');
    expect(flat).toContain('software adapter: exercises the path, is not a measurement of a GPU');
    expect(flat).toContain('Your run moved the fleet median by 0.0 % and the 80 % width by 0.0 %: software adapter');
  });

  it('shows prediction, measurement and ratio of every row, and why others are missing', () => {
    expect(text).toMatch(/^ +4\.00 s +4\.00 s +1\.00 +bytes +\*° ?kernel\/gemv\/naive: m=1$/m);
    expect(text).toMatch(/^ +1\.00 s +2\.00 s +2\.00 +flops +\*° ?kernel\/matmul\/register:/m);
    expect(text).toContain('- model/ort-wasm/tiny:new=8: ran on wasm, not on this GPU');
  });

  it('prints every source in use', () => {
    for (const { id } of report.sources) expect(text).toContain(` - ${id}: `);
  });
});
