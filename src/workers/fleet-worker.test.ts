import { describe, expect, it } from 'vitest';
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { buildRolloutReport } from '../fleet/rollout/report.ts';
import { runRollout } from '../fleet/rollout/run.ts';
import { readScenario } from '../fleet/rollout/scenario.ts';
import { WHOLE } from '../fleet/rollout/shard-file.ts';
import { createFleetWorker } from './fleet-worker.ts';

const scenario = readScenario({ scenarios: 600 }, 'test');

describe('fleet worker', () => {
  it('answers what the rollout answers, in pieces', async () => {
    const report = await createFleetWorker().rollout(scenario);
    expect(report).toEqual(buildRolloutReport(await runRollout(scenario, WHOLE, cpuTwin)));
  });

  it('drops a question when a newer one comes', async () => {
    const worker = createFleetWorker();
    const older = worker.rollout({ ...scenario, scenarios: 100_000 });
    const newer = worker.rollout(scenario);
    expect(await older).toBeNull();
    expect((await newer)?.scenario.scenarios).toBe(600);
  });

  it('refuses nonsense with the setting’s name', async () => {
    await expect(createFleetWorker().rollout({ ...scenario, share: -1 })).rejects.toThrow('scenario: share -1');
  });
});
