// What the fleet's workers answered: fan, fronts, causes, generations, the pairing study and the claims. Computes nothing.
import { useMemo } from 'preact/hooks';
import { buildLedger } from '../fleet/claims/ledger.ts';
import { WATCHLIST, watch } from '../fleet/claims/watchlist.ts';
import type { PairingReport } from '../fleet/pairing/report.ts';
import type { RolloutReport } from '../fleet/rollout/report.ts';
import { breakEvenSentence, generationRows, quarterRows } from '../report/fleet-rollout-text.ts';
import { frontChart } from '../report/front-chart.ts';
import { fanChart, tornadoChart } from '../report/rollout-charts.ts';
import { Chart } from './charts.tsx';
import { ClaimsLedger } from './claims-ledger.tsx';
import { FleetPairing } from './fleet-pairing.tsx';
import { Grid, Part } from './grid.tsx';
import { WatchList } from './watch-list.tsx';

interface AnswerProps {
  readonly report: RolloutReport;
  /** The last answer of a slider at rest: all but the fan is of it. */
  readonly settled: RolloutReport;
  readonly pairing: PairingReport | null;
  readonly card: string | null;
}

export function FleetAnswerView({ report, settled, pairing, card }: AnswerProps) {
  const fan = useMemo(() => fanChart(report), [report]);
  const front = useMemo(() => pairing && frontChart(pairing), [pairing]);
  // One tree for one settled answer: a moving slider draws none of it anew.
  const rest = useMemo(() => <Settled report={settled} pairing={pairing} card={card} />, [settled, pairing, card]);
  return (
    <>
      <Part id="fleet-rollout" title="The rollout, by quarter">
        <div class="charts">
          <Chart spec={fan} software={null} tableId={null} />
          {front && <Chart spec={front} software={null} tableId={null} />}
        </div>
      </Part>
      {rest}
    </>
  );
}

function Settled({ report, pairing, card }: Omit<AnswerProps, 'settled'>) {
  const { causes, gain, ledger } = useMemo(() => chartsOf(report), [report]);
  return (
    <>
      <Part id="fleet-causes" title="Causes and generations">
        <div class="charts">
          {causes && <Chart spec={causes} software={null} tableId={null} />}
          {gain && <Chart spec={gain} software={null} tableId={null} />}
        </div>
        <p>{breakEvenSentence(report)}</p>
        <Grid
          caption={`By generation, end of ${report.headline.quarter}; thousands of GPUs, brackets hold 80 %`}
          head={['Generation', 'Delivered', 'Serving', 'Capacity']}
          rows={generationRows(report)}
        />
        <details>
          <summary>By quarter, as a table</summary>
          <Grid
            caption="Capacity by quarter; thousands of GPUs, brackets hold 80 %"
            head={['Quarter', 'Delivered', 'Without LPX', 'With LPX', 'Served, with LPX']}
            rows={quarterRows(report)}
          />
        </details>
      </Part>
      {pairing && <FleetPairing report={pairing} />}
      <Part id="fleet-claims" title="What the claims would take">
        <ClaimsLedger ledger={ledger} open={card} />
      </Part>
      {WATCHLIST.length > 0 && (
        <Part id="fleet-watch" title="What is still open">
          <WatchList items={watch({})} />
        </Part>
      )}
    </>
  );
}

function chartsOf(report: RolloutReport) {
  const of = (outcome: 'paired' | 'ratio') => report.decompositions.find((part) => part.outcome === outcome);
  const [paired, ratio] = [of('paired'), of('ratio')];
  return {
    causes: paired ? tornadoChart(paired) : null,
    gain: ratio && report.scenario.share > 0 ? tornadoChart(ratio) : null,
    ledger: buildLedger(report),
  };
}
