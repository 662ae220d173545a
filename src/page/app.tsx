// The frame: name, views by hash, what went wrong, and the view itself. Moves the focus when the view changes.
import { useEffect, useMemo } from 'preact/hooks';
import type { Archive } from './archive.ts';
import { CompareView } from './compare-view.tsx';
import type { Controller } from './controller.ts';
import { downloadResult } from './files.ts';
import { HelpDialog } from './help-dialog.tsx';
import { listenForKeys, type Shortcut } from './keys.ts';
import { LazyFleetView } from './lazy-fleet-view.tsx';
import { ResultView } from './result-view.tsx';
import { RunView } from './run-view.tsx';
import * as state from './state.ts';

const VIEW_NAMES: Readonly<Record<state.View, string>> = {
  run: 'Run',
  result: 'Result',
  compare: 'Compare',
  fleet: 'Fleet',
};

interface AppProps {
  readonly controller: Controller;
  readonly archive: Archive;
}

export function App({ controller, archive }: AppProps) {
  const shortcuts = useMemo(() => shortcutsFor(controller), [controller]);
  useEffect(
    () =>
      listenForKeys(
        shortcuts,
        () => state.shortcutsOn.value,
        () => void controller.cancel(),
      ),
    [controller, shortcuts],
  );
  useEffect(followHash, []);
  return (
    <>
      <Header />
      <main>
        <Problems />
        <p class="notice" role="status">
          {state.notice.value}
        </p>
        <h1 class="visually-hidden" tabIndex={-1}>
          {VIEW_NAMES[state.view.value]}
        </h1>
        <CurrentView controller={controller} archive={archive} />
      </main>
      <HelpDialog open={state.helpOpen} shortcuts={shortcuts} shortcutsOn={state.shortcutsOn} theme={state.theme} />
    </>
  );
}

function CurrentView({ controller, archive }: AppProps) {
  if (state.view.value === 'result') return <ResultView />;
  if (state.view.value === 'compare') return <CompareView archive={archive} />;
  if (state.view.value === 'fleet') return <LazyFleetView />;
  return <RunView controller={controller} />;
}

function Header() {
  return (
    <header>
      <span class="brand">Fleetmark</span>
      <nav aria-label="Views">
        {state.VIEWS.map((view) => (
          <a key={view} href={`#${view}`} aria-current={state.view.value === view ? 'page' : undefined}>
            {VIEW_NAMES[view]}
          </a>
        ))}
      </nav>
      <button
        type="button"
        class="help-button"
        aria-label="About, help and keys"
        onClick={() => {
          state.helpOpen.value = true;
        }}
      >
        ?
      </button>
    </header>
  );
}

function Problems() {
  const { problem, addressProblem } = state;
  return (
    <div role="alert">
      {addressProblem.value && (
        <div class="problem">
          <span>
            The address of this page cannot be read: {addressProblem.value}. Nothing starts until it is mended; changing
            any setting below replaces it.
          </span>
        </div>
      )}
      {problem.value && (
        <div class="problem">
          <span>{problem.value}</span>
          <button
            type="button"
            onClick={() => {
              problem.value = null;
            }}
          >
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}

function followHash(): () => void {
  const onChange = (): void => {
    const next = state.viewOf(location.hash);
    // What was done in one view says nothing in another.
    if (next !== state.view.value) state.notice.value = '';
    state.view.value = next;
    // After the view is drawn: the heading takes the focus, so that a screen reader and Tab begin there.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus());
  };
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}

function shortcutsFor(controller: Controller): Shortcut[] {
  const show = (view: state.View) => () => {
    location.hash = view;
  };
  return [
    { key: '1', what: 'go to Run', run: show('run') },
    { key: '2', what: 'go to Result', run: show('result') },
    { key: '3', what: 'go to Compare', run: show('compare') },
    { key: '4', what: 'go to Fleet', run: show('fleet') },
    {
      key: 's',
      what: 'start the run',
      run: () => {
        // A failure is already told by the controller.
        if (state.startable.value) void controller.start().catch(() => undefined);
      },
    },
    { key: '/', what: 'filter the table', run: () => document.querySelector<HTMLElement>('.case-filter')?.focus() },
    {
      key: 'd',
      what: 'download the result file',
      run: () => {
        if (state.shownFile.value) downloadResult(state.shownFile.value);
      },
    },
    {
      key: '?',
      what: 'this help',
      run: () => {
        state.helpOpen.value = true;
      },
    },
  ];
}
