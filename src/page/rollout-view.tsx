// The rollout in the Fleet view: one sentence, sliders, fan, causes, and the claims ledger, for the scenario in the address.
// Shows what the fleet worker answered; computes nothing.
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import { buildLedger } from '../fleet/claims/ledger.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import { DEFAULT_SCENARIO, parseScenario, type RolloutScenario, scenarioToQuery } from '../fleet/rollout/scenario.ts';
import { rolloutSentence, withSpread } from '../report/fleet-rollout-text.ts';
import { fanChart, tornadoChart } from '../report/rollout-charts.ts';
import { formatShare } from '../report/units.ts';
import { Chart } from './charts.tsx';
import { ClaimsLedger } from './claims-ledger.tsx';
import { Grid, Part } from './grid.tsx';
import { openRolloutQuestions, type RolloutQuestions } from './rollout-question.ts';
import { RolloutSliders } from './rollout-sliders.tsx';

interface Asked {
  readonly scenario: RolloutScenario;
  /** Card of the ledger that the address names. */
  readonly card: string | null;
  readonly fault: string | null;
}

/** The scenario behind `#fleet?`; the defaults and the reason where it cannot be read. */
function askedBy(hash: string): Asked {
  const { card = null, ...settings } = Object.fromEntries(new URLSearchParams(hash.split('?')[1] ?? ''));
  try {
    return { scenario: parseScenario(settings, 'address'), card, fault: null };
  } catch (error) {
    return { scenario: DEFAULT_SCENARIO, card, fault: messageOf(error) };
  }
}

export function RolloutView({ measured }: { readonly measured: { readonly lo: number; readonly hi: number } }) {
  const asked = useSignal<Asked>(askedBy(location.hash));
  const report = useSignal<RolloutReport | null>(null);
  const fault = useSignal<string | null>(asked.value.fault);
  const questions = useRef<RolloutQuestions | null>(null);
  useEffect(() => {
    questions.current = openRolloutQuestions((answer) => {
      fault.value = 'fault' in answer ? answer.fault : asked.value.fault;
      if ('report' in answer) report.value = answer.report;
    });
    const answerAddress = (): void => {
      fault.value = asked.value.fault;
      questions.current?.ask(asked.value.scenario);
    };
    const followAddress = (): void => {
      if (!location.hash.startsWith('#fleet?')) return;
      asked.value = askedBy(location.hash);
      answerAddress();
    };
    answerAddress();
    addEventListener('hashchange', followAddress);
    return () => {
      removeEventListener('hashchange', followAddress);
      questions.current?.close();
    };
  }, [asked, fault, report]);
  const change = (part: Partial<RolloutScenario>): void => {
    const scenario = { ...asked.value.scenario, ...part };
    asked.value = { scenario, card: null, fault: null };
    const query = scenarioToQuery(scenario);
    history.replaceState(null, '', `${location.pathname}${location.search}#fleet${query === '' ? '' : `?${query}`}`);
    questions.current?.ask(scenario);
  };
  return (
    <Part id="fleet-rollout" title="The rollout, by quarter">
      <p class="rollout-line" aria-live="polite">
        {report.value ? rolloutSentence(report.value).replace(/^rollout\s+/, '') : 'Drawing…'}
      </p>
      {fault.value && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      <RolloutSliders scenario={asked.value.scenario} measured={measured} onChange={change} />
      {report.value && <Answer report={report.value} card={asked.value.card} />}
    </Part>
  );
}

function Answer({ report, card }: { readonly report: RolloutReport; readonly card: string | null }) {
  const { fan, causes, gain, ledger } = useMemo(() => {
    const [, paired, ratio] = report.decompositions;
    return {
      fan: fanChart(report),
      causes: tornadoChart(paired!),
      gain: report.headline.pays > 0 ? tornadoChart(ratio!) : null,
      ledger: buildLedger(report),
    };
  }, [report]);
  return (
    <>
      <div class="charts">
        <Chart spec={fan} software={null} tableId={null} />
        <Chart spec={causes} software={null} tableId={null} />
        {gain && <Chart spec={gain} software={null} tableId={null} />}
      </div>
      <p>{breakEven(report)}</p>
      <details>
        <summary>The same as tables, with sources</summary>
        <Tables report={report} />
      </details>
      <ClaimsLedger ledger={ledger} open={card} />
    </>
  );
}

function breakEven({ breakEvenShare: { spread, never } }: RolloutReport): string {
  if (never >= 1) return 'At this speed pairing loses at equal site power, whatever share of Rubins has LPX.';
  return `Break-even: pairing does not lose up to ${formatShare(spread.p50)} of Rubins (80 %: ${formatShare(spread.p10)} to ${formatShare(spread.p90)}); in ${formatShare(never)} of scenarios no share pays.`;
}

function Tables({ report }: { readonly report: RolloutReport }) {
  const count = (value: number): string => Math.round(Number(value.toPrecision(3))).toLocaleString('en-US');
  return (
    <>
      <Grid
        caption="Capacity by quarter; brackets hold 80 %"
        head={['Quarter', 'GPUs delivered', 'Without LPX', 'With LPX', 'Served, with LPX']}
        rows={report.fan.map(({ quarter, delivered, unpaired, paired: lpx, servedPaired }) => [
          quarter,
          `${count(delivered.p50)} [${count(delivered.p10)}, ${count(delivered.p90)}]`,
          withSpread(unpaired, 'tokens/s'),
          withSpread(lpx, 'tokens/s'),
          withSpread(servedPaired, 'tokens/s'),
        ])}
      />
      <Grid
        caption="Every number that entered"
        head={['Id', 'What', 'Value and range', 'Rests on', 'Source']}
        rows={report.sources.map(({ id, what, value, lo, hi, unit, basis, source, date }) => [
          id,
          what,
          `${value}${unit === '1' ? '' : ` ${unit}`}${lo === hi ? '' : ` [${lo}, ${hi}]`}`,
          basis,
          date === '' ? source : `${source} (${date})`,
        ])}
      />
      <ul>
        {report.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </>
  );
}
