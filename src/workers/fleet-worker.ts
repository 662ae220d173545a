// The rollout beside the page's own thread: gives way to the next question between short pieces. Draws on the CPU, so that a
// GPU that measures is not disturbed.
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import { createInputsBuilder } from '../fleet/rollout/inputs.ts';
import { buildRolloutReport } from '../fleet/rollout/report.ts';
import { runUnlessStopped } from '../fleet/rollout/run.ts';
import { readScenario } from '../fleet/rollout/scenario.ts';
import type { FleetWorker } from './api.ts';

export function createFleetWorker(): FleetWorker {
  const inputsOf = createInputsBuilder();
  let newest = 0;
  return {
    rollout: async (asked) => {
      const question = ++newest;
      const scenario = readScenario(asked, 'scenario');
      const file = await runUnlessStopped(scenario, inputsOf(scenario), cpuTwin, async () => {
        await messagesHeard();
        return question === newest;
      });
      return file && buildRolloutReport(file);
    },
  };
}

/** A pause in which a message that has come is handled; a timer would wait 4 ms from the fifth on. */
function messagesHeard(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
