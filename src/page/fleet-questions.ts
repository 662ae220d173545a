// Asks the fleet workers: a slider is answered from few scenarios at once, from all of them when it rests, and from many more where
// there is a GPU to draw them; the pairing study,
// which takes longer, has a worker of its own. Knows no view.
import { type Remote, wrap } from 'comlink';
import { messageOf } from '../core/errors.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import type { Scenario } from '../fleet/scenario.ts';
import type { Effort, FleetWorker } from '../workers/api.ts';

/** ms a slider rests before all scenarios are drawn, and before the pairing study is. */
const REST_MS = 250;
const LONG_REST_MS = 700;

export type FleetAnswer =
  | { readonly report: RolloutReport; readonly effort: Effort; readonly ms: number }
  | { readonly pairing: PairingReport }
  | { readonly fault: string };

export interface FleetQuestions {
  ask(scenario: Scenario): void;
  /** The workers themselves, for questions with one answer. */
  readonly workers: readonly [Remote<FleetWorker>, Remote<FleetWorker>];
  close(): void;
}

export function openFleetQuestions(onAnswer: (answer: FleetAnswer) => void): FleetQuestions {
  const opened = [openWorker(onAnswer), openWorker(onAnswer)] as const;
  const [rollouts, studies] = [opened[0].worker, opened[1].worker];
  let [resting, restingLong]: (ReturnType<typeof setTimeout> | undefined)[] = [];
  let newest = 0;
  const fail = (error: unknown): void => onAnswer({ fault: messageOf(error) });
  const rollout = (scenario: Scenario, effort: Effort): void => {
    const began = performance.now();
    rollouts.rollout(scenario, effort, 1).then((report) => {
      if (!report) return;
      onAnswer({ report, effort, ms: performance.now() - began });
      if (effort === 'whole') rollout(scenario, 'wide');
    }, fail);
  };
  const study = (scenario: Scenario): void => {
    const question = newest;
    studies.pairing(scenario).then((pairing) => {
      if (question === newest) onAnswer({ pairing });
    }, fail);
  };
  const stop = (): void => {
    clearTimeout(resting);
    clearTimeout(restingLong);
  };
  return {
    ask: (scenario) => {
      stop();
      newest++;
      rollout(scenario, 'quick');
      resting = setTimeout(() => rollout(scenario, 'whole'), REST_MS);
      restingLong = setTimeout(() => study(scenario), LONG_REST_MS);
    },
    workers: [rollouts, studies],
    close: () => {
      stop();
      for (const { raw } of opened) raw.terminate();
    },
  };
}

function openWorker(onAnswer: (answer: FleetAnswer) => void): { raw: Worker; worker: Remote<FleetWorker> } {
  const raw = new Worker(new URL('../workers/fleet.worker.ts', import.meta.url), { type: 'module' });
  raw.addEventListener('error', ({ message }) =>
    onAnswer({ fault: `the fleet worker stopped (${message || 'its script could not be loaded'}): reload the page` }),
  );
  return { raw, worker: wrap<FleetWorker>(raw) };
}
