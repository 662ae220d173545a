// The fleet beside the page's own thread: gives way to the next question between short pieces. Draws on the CPU; the widest answer
// on the GPU, which the page asks for only while nothing is measured.
import { cpuTwin } from '../../kernels/rollout/twin.ts';
import type { RolloutEngine } from '../core/rollout.ts';
import { createFleetModel, type FleetModel } from '../fleet/fleet-model.ts';
import { applyOverlay } from '../fleet/overlay.ts';
import { pairingOf } from '../fleet/pairing/of-scenario.ts';
import { buildPairingReport } from '../fleet/pairing/report.ts';
import { buildRolloutReport } from '../fleet/rollout/report.ts';
import { runUnlessStopped } from '../fleet/rollout/run.ts';
import { readScenario, type Scenario } from '../fleet/scenario.ts';
import { importRuns } from '../fleet/serving/import-runs.ts';
import { refit } from '../fleet/serving/refit.ts';
import { vendorGap } from '../fleet/vendor-gap.ts';
import type { Effort, FleetWorker } from './api.ts';

/** Scenarios and serving rows of a quick answer: well under 100 ms, 80 % bands then good to some per cent. */
export const QUICK = { scenarios: 200, rows: 16 } as const;
/** Draws of the pairing study beside a rollout. */
const PAIRING_DRAWS = 40;

/** Scenarios of the widest answer, for which a GPU draws. */
export const WIDE_SCENARIOS = 100_000;

/** `openGpu`: the machine's GPU as an engine, asked for once and only when a wide answer is; null where there is none. */
export function createFleetWorker(openGpu: () => Promise<RolloutEngine | null>): FleetWorker {
  let model: FleetModel | null = null;
  const modelNow = (): FleetModel => {
    model ??= createFleetModel();
    return model;
  };
  let gpu: Promise<RolloutEngine | null> | null = null;
  const engineFor = async (effort: Effort): Promise<RolloutEngine | null> => {
    if (effort !== 'wide') return cpuTwin;
    gpu ??= openGpu();
    return gpu;
  };
  let newest = 0;
  return {
    rollout: async (asked, effort, flopsFactor) => {
      const question = ++newest;
      const whole = readScenario(asked, 'scenario');
      const { inputsOf } = modelNow();
      const scenario = scenarioFor(effort, whole, inputsOf.knows(whole, flopsFactor));
      const engine = await engineFor(effort);
      if (engine === null) return null;
      const goOn = async (): Promise<boolean> => {
        await messagesHeard();
        return question === newest;
      };
      if (!(await inputsOf.learn(scenario, flopsFactor, goOn))) return null;
      const { inputs, rates } = inputsOf(scenario, flopsFactor);
      const file = await runUnlessStopped(scenario, inputs, engine, goOn);
      return file && buildRolloutReport(file, rates);
    },
    pairing: async (asked) =>
      buildPairingReport(pairingOf(readScenario(asked, 'scenario'), 1), modelNow().calibration, PAIRING_DRAWS),
    vendorGap: async (result) => vendorGap(result, modelNow().calibration),
    useCatalogue: async (json, name) => {
      const overlay = applyOverlay(json, name);
      model = null;
      return overlay;
    },
    refit: async (json, name) => refit(importRuns(json, name, {})),
  };
}

/** Quick: fewer scenarios, and fewer serving rows too, unless those of the whole answer are known already. */
function scenarioFor(effort: Effort, scenario: Scenario, known: boolean): Scenario {
  if (effort === 'whole') return scenario;
  if (effort === 'wide') return { ...scenario, scenarios: Math.max(WIDE_SCENARIOS, scenario.scenarios) };
  const scenarios = Math.min(QUICK.scenarios, scenario.scenarios);
  return { ...scenario, scenarios, rows: known ? scenario.rows : Math.min(QUICK.rows, scenario.rows) };
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
