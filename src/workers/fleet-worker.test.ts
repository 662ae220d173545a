import { describe, expect, it } from 'vitest';
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { createFleetModel } from '../fleet/fleet-model.ts';
import { buildRolloutReport } from '../fleet/rollout/report.ts';
import { runRollout } from '../fleet/rollout/run.ts';
import { WHOLE } from '../fleet/rollout/shard-file.ts';
import { readScenario } from '../fleet/scenario.ts';
import { createFleetWorker, QUICK } from './fleet-worker.ts';

const scenario = readScenario({ scenarios: 600, rows: 32 }, 'test');

describe('fleet worker', () => {
  it('answers what the rollout answers, in pieces', async () => {
    const report = await createFleetWorker(async () => null).rollout(scenario, 'whole', 1);
    const { inputs, rates } = createFleetModel().inputsOf(scenario);
    expect(report).toEqual(buildRolloutReport(await runRollout(scenario, inputs, WHOLE, cpuTwin), rates));
  });

  it('drops a question when a newer one comes', async () => {
    const worker = createFleetWorker(async () => null);
    const older = worker.rollout({ ...scenario, scenarios: 100_000 }, 'whole', 1);
    const newer = worker.rollout(scenario, 'whole', 1);
    expect(await older).toBeNull();
    expect((await newer)?.scenario.scenarios).toBe(600);
  });

  it('answers quickly from few draws, and from the whole rates once they are known', async () => {
    const worker = createFleetWorker(async () => null);
    const whole = readScenario({ scenarios: 1000, rows: 64 }, 'test');
    expect((await worker.rollout(whole, 'quick', 1))!.scenario).toMatchObject(QUICK);
    await worker.rollout(whole, 'whole', 1);
    const moved = await worker.rollout({ ...whole, share: 0.5 }, 'quick', 1);
    expect(moved!.scenario).toMatchObject({ scenarios: QUICK.scenarios, rows: 64, share: 0.5 });
  });

  it('answers a slider within 100 ms of one processor', async () => {
    const worker = createFleetWorker(async () => null);
    const whole = readScenario({}, 'test');
    await worker.rollout({ ...whole, scenarios: 200 }, 'whole', 1);
    const cpuMs = async (change: Partial<typeof whole>): Promise<number> => {
      const before = process.cpuUsage();
      await worker.rollout({ ...whole, ...change }, 'quick', 1);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    };
    for (const name of ['share', 'user-rate', 'power-gw'] as const) {
      const times: number[] = [];
      for (let i = 0; i < 9; i++) times.push(await cpuMs({ [name]: name === 'user-rate' ? 60 + i : 0.3 + i / 50 }));
      const middle = times.sort((a, b) => a - b)[4]!;
      console.info(`fleet slider ${name}: ${middle.toFixed(0)} ms of processor time, median of 9`);
      // Processor time, which other work on the machine does not lengthen by as much as the clock's.
      expect(middle, name).toBeLessThan(100);
    }
  });

  it('draws wide answers on a GPU, or not at all', async () => {
    const narrow = readScenario({ scenarios: 200, rows: 16, sites: 1, quarters: 8 }, 'test');
    expect(await createFleetWorker(async () => null).rollout(narrow, 'wide', 1)).toBeNull();
    const drawn: number[] = [];
    const fake = createFleetWorker(async () => ({
      name: 'fake',
      run: (inputs, first, count) => {
        drawn.push(count);
        return cpuTwin.run(inputs, first, Math.min(count, 2));
      },
    }));
    expect((await fake.rollout(narrow, 'wide', 1))!.scenario.scenarios).toBe(100_000);
    expect(drawn.reduce((a, b) => a + b, 0)).toBe(100_000);
  });

  it('lays a catalogue over its own', async () => {
    const worker = createFleetWorker(async () => null);
    await expect(
      worker.useCatalogue({ constants: [{ id: 'no/such', value: 1, source: 'me' }] }, 'mine.json'),
    ).rejects.toThrow("unknown fleet constant 'no/such'");
  });

  it('refuses nonsense with the setting’s name', async () => {
    await expect(createFleetWorker(async () => null).rollout({ ...scenario, share: -1 }, 'quick', 1)).rejects.toThrow(
      'scenario: share -1',
    );
  });
});
