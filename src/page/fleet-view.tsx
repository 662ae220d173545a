// The Fleet view: one sentence that concludes, sliders and switches, charts, then the chain from this device to the fleet, the
// claims, the questions still open, and every source. Loaded when first shown. Shows what src/fleet computed; computes nothing.
import { useSignal } from '@preact/signals';
import { useEffect, useErrorBoundary, useMemo, useRef } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import { DEFAULT_SCENARIO, parseScenario, type Scenario, scenarioToQuery } from '../fleet/scenario.ts';
import { conclusion, formatFleetLine } from '../report/fleet-text.ts';
import { FleetAnswerView } from './fleet-answer.tsx';
import { FleetDevice } from './fleet-device.tsx';
import { FleetFiles } from './fleet-files.tsx';
import { type FleetQuestions, openFleetQuestions } from './fleet-questions.ts';
import { FleetSliders } from './fleet-sliders.tsx';
import { FleetSources } from './fleet-sources.tsx';
import { FleetSwitches } from './fleet-switches.tsx';
import { fleetQuery, running, shownFile } from './state.ts';

interface Asked {
  readonly scenario: Scenario;
  /** Card of the ledger that the address names. */
  readonly card: string | null;
  readonly fault: string | null;
}

/** ms that a slider rests before the address follows: browsers refuse some hundred changes in half a minute, and each takes time. */
const ADDRESS_REST_MS = 300;

/** The scenario behind `#fleet?`, or as it was left; the defaults and the reason where it cannot be read. */
function askedBy(hash: string): Asked {
  const { card = null, ...settings } = Object.fromEntries(new URLSearchParams(hash.split('?')[1] ?? fleetQuery.value));
  try {
    return { scenario: parseScenario(settings, 'address'), card, fault: null };
  } catch (error) {
    return { scenario: DEFAULT_SCENARIO, card, fault: messageOf(error) };
  }
}

export function FleetView() {
  const first = useMemo(() => askedBy(location.hash), []);
  const asked = useSignal<Asked>(first);
  const report = useSignal<RolloutReport | null>(null);
  // The last answer of a slider at rest: what takes long to draw waits for it.
  const settled = useSignal<RolloutReport | null>(null);
  const pairing = useSignal<PairingReport | null>(null);
  const fault = useSignal<string | null>(first.fault);
  const answeredMs = useSignal<number | null>(null);
  const questions = useRef<FleetQuestions | null>(null);
  const addressTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  // Ten thousand draws beside a run would disturb what is timed.
  const busy = running.value;
  useEffect(() => {
    if (busy) return;
    questions.current = openFleetQuestions((answer) => {
      if ('fault' in answer) {
        fault.value = answer.fault;
        return;
      }
      fault.value = asked.value.fault;
      if ('pairing' in answer) pairing.value = answer.pairing;
      else {
        report.value = answer.report;
        if (answer.effort === 'quick') answeredMs.value = answer.ms;
        else settled.value = answer.report;
      }
    });
    const followAddress = (): void => {
      if (!location.hash.startsWith('#fleet?')) return;
      asked.value = askedBy(location.hash);
      fleetQuery.value = scenarioToQuery(asked.value.scenario);
      questions.current?.ask(asked.value.scenario);
    };
    questions.current.ask(asked.value.scenario);
    fleetQuery.value = scenarioToQuery(asked.value.scenario);
    if (location.hash === '#fleet') showInAddress(fleetQuery.value);
    addEventListener('hashchange', followAddress);
    return () => {
      clearTimeout(addressTimer.current);
      removeEventListener('hashchange', followAddress);
      questions.current?.close();
    };
  }, [busy, asked, report, settled, pairing, fault, answeredMs]);
  const askFor = (scenario: Scenario): void => {
    asked.value = { scenario, card: null, fault: null };
    fleetQuery.value = scenarioToQuery(scenario);
    questions.current?.ask(scenario);
    clearTimeout(addressTimer.current);
    addressTimer.current = setTimeout(() => showInAddress(fleetQuery.value), ADDRESS_REST_MS);
  };
  // A figure that cannot be drawn must not leave a page that answers nothing more.
  const [broken, mend] = useErrorBoundary((error) => reportError(error));
  const change = (part: Partial<Scenario>): void => askFor({ ...asked.value.scenario, ...part });
  if (busy) return <p class="muted">The fleet is computed when the run has ended: it would disturb it.</p>;
  if (broken) {
    const startOver = (): void => {
      askFor(DEFAULT_SCENARIO);
      report.value = null;
      settled.value = null;
      pairing.value = null;
      mend();
    };
    return (
      <p class="fault" role="alert">
        This scenario cannot be shown ({messageOf(broken)}).{' '}
        <button type="button" onClick={startOver}>
          Start over with the defaults
        </button>
      </p>
    );
  }
  return (
    // The time of the last quick answer, for whoever measures it (src/e2e).
    <div class="fleet" data-answered-ms={answeredMs.value === null ? undefined : Math.round(answeredMs.value)}>
      <Headline report={report.value} />
      {fault.value && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      <FleetSliders scenario={asked.value.scenario} onChange={change} />
      <details class="options">
        <summary>Workload, readings of the share, prices</summary>
        <FleetSwitches scenario={asked.value.scenario} onChange={change} />
      </details>
      {report.value && (
        <FleetAnswerView
          report={report.value}
          settled={settled.value ?? report.value}
          pairing={pairing.value}
          card={asked.value.card}
        />
      )}
      <FleetDevice
        file={shownFile.value}
        scenario={asked.value.scenario}
        report={settled.value}
        questions={questions.current}
      />
      <FleetFiles
        report={settled.value}
        pairing={pairing.value}
        questions={questions.current}
        onScenario={askFor}
        onCatalogue={() => questions.current?.ask(asked.value.scenario)}
      />
      {settled.value && <FleetSources report={settled.value} pairing={pairing.value} />}
    </div>
  );
}

function showInAddress(query: string): void {
  history.replaceState(null, '', `${location.pathname}${location.search}#fleet${query === '' ? '' : `?${query}`}`);
}

function Headline({ report }: { readonly report: RolloutReport | null }) {
  if (!report) return <p class="fleet-line">Drawing the fleet…</p>;
  return (
    <div aria-live="polite">
      <p class="fleet-line">{unbroken(conclusion(report))}</p>
      <p class="fleet-figures">{unbroken(formatFleetLine(report).replace(/^fleet\s+/, ''))}.</p>
    </div>
  );
}

/** A figure and its unit stay on one line. */
function unbroken(text: string): string {
  return text.replace(/(\d) (%|[kMG]?tok)/g, '$1\u00a0$2');
}
