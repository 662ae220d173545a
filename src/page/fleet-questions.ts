// Asks the fleet workers: a slider is answered from few scenarios at once, from all of them when it rests, and from many more where
// there is a GPU to draw them; the pairing study, which takes longer, has a worker of its own. Knows no view.
import { type Remote, wrap } from 'comlink';
import { messageOf } from '../core/errors.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import type { Scenario } from '../fleet/scenario.ts';
import type { Effort, FleetWorker } from '../workers/api.ts';

/** ms a slider rests after its quick answer before all scenarios are drawn, and before the pairing study is. */
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
  let resting: ReturnType<typeof setTimeout>[] = [];
  let newest = 0;
  // A hand moves faster than an answer comes: what is asked meanwhile waits, the latest alone, rather than stop the answer.
  let answering = false;
  let next: { readonly scenario: Scenario; readonly since: number } | null = null;
  const fail = (error: unknown): void => onAnswer({ fault: messageOf(error) });
  const rollout = async (scenario: Scenario, effort: Effort, since: number): Promise<void> => {
    const report = await rollouts.rollout(scenario, effort, 1);
    if (report) onAnswer({ report, effort, ms: performance.now() - since });
  };
  const quick = async (scenario: Scenario, since: number): Promise<void> => {
    const question = newest;
    answering = true;
    await rollout(scenario, 'quick', since).catch(fail);
    answering = false;
    if (next) {
      const { scenario: latest, since: asked } = next;
      next = null;
      void quick(latest, asked);
    } else if (question === newest) {
      resting = [setTimeout(() => whole(scenario), REST_MS), setTimeout(() => study(scenario), LONG_REST_MS)];
    }
  };
  const whole = (scenario: Scenario): void => {
    const question = newest;
    rollout(scenario, 'whole', performance.now())
      .then(() => (question === newest ? rollout(scenario, 'wide', performance.now()) : undefined))
      .catch(fail);
  };
  const study = (scenario: Scenario): void => {
    const question = newest;
    studies.pairing(scenario).then((pairing) => {
      if (question === newest) onAnswer({ pairing });
    }, fail);
  };
  const stop = (): void => {
    for (const timer of resting) clearTimeout(timer);
    newest++;
    next = null;
  };
  return {
    ask: (scenario) => {
      stop();
      const since = performance.now();
      if (answering) next = { scenario, since };
      else void quick(scenario, since);
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
