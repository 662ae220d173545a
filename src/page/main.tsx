// Entry of the page: reads the address, draws the views, describes the adapter, and starts when the address says so.
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { createArchive } from './archive.ts';
import { exposeAutomation, tellHost } from './automation.ts';
import { createController } from './controller.ts';
import { watchHealth } from './health.ts';
import { indexedHistory } from './indexed-history.ts';
import { keepPreferences } from './preferences.ts';
import * as state from './state.ts';
import './style.css';

const address = state.readAddress(location.search);
state.options.value = address.options;
state.addressProblem.value = address.problem;
state.view.value = state.viewOf(location.hash);
keepPreferences(state.theme, state.shortcutsOn);
watchHealth(state.health);

const controller = createController(tellHost);
exposeAutomation(controller);
const archive = createArchive(indexedHistory());
render(<App controller={controller} archive={archive} />, document.body);

// A finished run flows into its result, unless the person has gone elsewhere or cancelled.
effect(() => {
  if (state.progress.value.phase === 'done' && state.view.peek() === 'run') location.hash = 'result';
});

await controller.describe();
if (address.problem !== null) tellHost({ type: 'error', message: address.problem });
// A failure is already told to the host and shown.
else if (address.options.autostart) await controller.start().catch(() => undefined);
