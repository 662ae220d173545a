// Asks the fleet worker: a slider is answered from few scenarios at once, and from all of them when it rests. Knows no view.
import { wrap } from 'comlink';
import { messageOf } from '../core/errors.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import type { RolloutScenario } from '../fleet/rollout/scenario.ts';
import type { FleetWorker } from '../workers/api.ts';

/** Scenarios of the first answer: drawn in well under 100 ms, 80 % bands then good to some per cent. */
const AT_ONCE = 400;
/** ms a slider rests before all scenarios are drawn. */
const REST_MS = 250;

export type RolloutAnswer = { readonly report: RolloutReport } | { readonly fault: string };

export interface RolloutQuestions {
  ask(scenario: RolloutScenario): void;
  close(): void;
}

export function openRolloutQuestions(onAnswer: (answer: RolloutAnswer) => void): RolloutQuestions {
  const raw = new Worker(new URL('../workers/fleet.worker.ts', import.meta.url), { type: 'module' });
  raw.addEventListener('error', ({ message }) =>
    onAnswer({ fault: `the fleet worker stopped (${message || 'its script could not be loaded'}): reload the page` }),
  );
  const worker = wrap<FleetWorker>(raw);
  let resting: ReturnType<typeof setTimeout> | undefined;
  const answer = (scenario: RolloutScenario): void => {
    worker.rollout(scenario).then(
      (report) => {
        if (report) onAnswer({ report });
      },
      (error: unknown) => onAnswer({ fault: messageOf(error) }),
    );
  };
  return {
    ask: (scenario) => {
      clearTimeout(resting);
      answer({ ...scenario, scenarios: Math.min(AT_ONCE, scenario.scenarios) });
      resting = setTimeout(() => answer(scenario), REST_MS);
    },
    close: () => {
      clearTimeout(resting);
      raw.terminate();
    },
  };
}
