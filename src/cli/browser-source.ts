// Where a run's browsers come from: launched on this machine, or by Playwright's server on another one. Opening the page,
// measuring and recording do not know which.
import { launchBrowser, launchFacts, type RunningBrowser } from './browser.ts';
import { type LaunchPlan, launchPlans } from './launch-plans.ts';

export interface BrowserSource {
  /** In the order to try, until one gives a hardware adapter. */
  readonly plans: readonly LaunchPlan[];
  /** A fresh browser every time: a session is a launch. */
  start(plan: LaunchPlan): Promise<RunningBrowser>;
}

/** Browsers of this machine, from one executable. */
export function localBrowsers(executable: string, headed: boolean): BrowserSource {
  return {
    plans: launchPlans(launchFacts(headed)),
    start: (plan) => launchBrowser(executable, plan.flags),
  };
}
