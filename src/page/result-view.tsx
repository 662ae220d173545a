// The Result view: three headline numbers, charts, the case table, doubts and the environment of one result file.

import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { inReadingOrder } from '../core/case-order.ts';
import { WARNINGS } from '../core/warnings.ts';
import { decodeRateChart, latencyCharts } from '../report/charts.ts';
import { adapterName, environmentFacts, softwareLabel } from '../report/environment.ts';
import { type Headline, headlines } from '../report/headlines.ts';
import { countWarnings } from '../report/markdown.ts';
import { rooflineChart } from '../report/roofline-chart.ts';
import { sweepCharts } from '../report/sweep-charts.ts';
import { counted } from '../report/units.ts';
import { wrongButFast } from '../report/wrong-but-fast.ts';
import type { ResultFile, Session } from '../results/schema.ts';
import { Cases } from './cases.tsx';
import { Chart } from './charts.tsx';
import { addSide } from './compare-sides.ts';
import { DecoderQuality } from './decoder-quality.tsx';
import { FileDrop } from './file-drop.tsx';
import { copyMarkdown, copyResultLink, downloadResult, openResultFile } from './files.ts';
import { LinkedSummary } from './linked-summary.tsx';
import { PeerRatios } from './peer-ratios.tsx';
import { notice, openedFile, running, shownFile } from './state.ts';
import { WrongList } from './wrong-list.tsx';

export function ResultView() {
  const file = shownFile.value;
  return (
    <>
      <LinkedSummary />
      {file === null || file.sessions.length === 0 ? <NoResult /> : <ResultOf file={file} key={file.id} />}
      <div class="result-open">
        <FileDrop
          accept=".json,application/json"
          button="Open a result file"
          hint="or drop one here; it stays in this page"
          onFiles={([dropped]) => void openResultFile(dropped)}
        />
        {openedFile.value && (
          <button
            type="button"
            onClick={() => {
              openedFile.value = null;
            }}
          >
            Close {openedFile.value.name}
          </button>
        )}
      </div>
    </>
  );
}

function NoResult() {
  return (
    <section class="empty">
      <h2>{running.value ? 'No row has landed yet' : 'Nothing measured yet'}</h2>
      <p>
        <a href="#run">{running.value ? 'Follow the run' : 'Start a run'}</a>, or open the file of an earlier one.
      </p>
    </section>
  );
}

function ResultOf({ file }: { readonly file: ResultFile }) {
  const index = useSignal(0);
  const measured = file.sessions[index.value] ?? file.sessions[0]!;
  // Cases ran in a shuffled order.
  const session = useMemo(() => ({ ...measured, rows: inReadingOrder(measured.rows) }), [measured]);
  const software = softwareLabel(file.environment);
  const { browser, os } = file.environment;
  return (
    <>
      <div class="result-head">
        <div>
          <h2>{adapterName(file.environment.adapter)}</h2>
          <p class="muted">
            {browser.name} {browser.version} on {os.name}; suite {file.plan.suite}, seed {file.plan.seed};{' '}
            {file.createdAt.replace('T', ' ').slice(0, 16)} UTC; {stateText(session)}
          </p>
        </div>
        <div class="actions">
          <button type="button" class="primary" id="download" onClick={() => downloadResult(file)}>
            Download JSON
          </button>
          <button type="button" onClick={() => void copyMarkdown(file, session)}>
            Copy as Markdown
          </button>
          <button type="button" disabled={running.value} onClick={() => void copyResultLink(file)}>
            Copy link
          </button>
          <button
            type="button"
            disabled={running.value}
            onClick={() => {
              const label = addSide(file, openedFile.value?.name ?? file.plan.suite);
              notice.value = `${label} is now in the comparison`;
            }}
          >
            Add to comparison
          </button>
        </div>
      </div>
      {file.sessions.length > 1 && (
        <SessionChoice
          file={file}
          index={index.value}
          onChoose={(i) => {
            index.value = i;
          }}
        />
      )}
      {software && <p class="software-note">{software}</p>}
      <Headlines session={session} />
      <DecoderQuality session={session} />
      <PeerRatios file={file} />
      <Charts session={session} software={software} />
      <Cases id="result-cases" session={session} software={software} />
      <Wrong file={file} />
      <SessionDoubts session={session} />
      <Environment file={file} session={session} />
    </>
  );
}

function stateText({ state, rows, order }: Session): string {
  return state === 'complete'
    ? `complete, ${counted(rows.length, 'case')}`
    : `${state}: ${rows.length} of ${counted(order.length, 'case')}`;
}

interface SessionChoiceProps {
  readonly file: ResultFile;
  readonly index: number;
  readonly onChoose: (index: number) => void;
}

function SessionChoice({ file, index, onChoose }: SessionChoiceProps) {
  return (
    <p>
      <label>
        Session{' '}
        <select value={String(index)} onChange={(event) => onChoose(Number(event.currentTarget.value))}>
          {file.sessions.map((session, i) => (
            <option key={session.id} value={String(i)}>
              {i + 1} of {file.sessions.length}, {session.startedAt}, {session.state}
            </option>
          ))}
        </select>
      </label>{' '}
      <span class="muted">Each browser launch is a session; numbers of different sessions are not mixed here.</span>
    </p>
  );
}

/** A run of nothing but other libraries has none of the three, and its own sum below. */
function Headlines({ session }: { readonly session: Session }) {
  if (session.rows.length > 0 && session.rows.every(({ kind }) => kind === 'peer')) return null;
  return (
    <dl class="headlines">
      {headlines(session).map((headline) => (
        <HeadlineNumber key={headline.title} headline={headline} />
      ))}
    </dl>
  );
}

function HeadlineNumber({ headline }: { readonly headline: Headline }) {
  const { title, value, spread, basis, because } = headline;
  return (
    <div class={value === null ? 'headline headline-none' : 'headline'}>
      <dt>{title}</dt>
      <dd class="headline-value">{value ?? '–'}</dd>
      <dd class="headline-spread">{value === null ? because : spread}</dd>
      {basis.map((line) => (
        <dd class="headline-basis" key={line}>
          {line}
        </dd>
      ))}
    </div>
  );
}

function Charts({ session, software }: { readonly session: Session; readonly software: string | null }) {
  const specs = useMemo(
    () =>
      [rooflineChart(session), decodeRateChart(session), ...latencyCharts(session), ...sweepCharts(session)].filter(
        (spec) => spec !== null,
      ),
    [session],
  );
  // Drawing lays out the page; while a run goes on that would disturb what is timed.
  if (running.value) return <p class="muted">Charts are drawn when the run has ended: drawing would disturb it.</p>;
  return (
    <div class="charts">
      {specs.map((spec) => (
        <Chart key={spec.title} spec={spec} software={software} tableId="result-cases" />
      ))}
    </div>
  );
}

function Wrong({ file }: { readonly file: ResultFile }) {
  const sides = useMemo(() => [{ label: '', wrong: wrongButFast(file) }], [file]);
  return <WrongList sides={sides} />;
}

function SessionDoubts({ session }: { readonly session: Session }) {
  const counts = [...countWarnings(session.rows)];
  if (counts.length === 0 && session.warnings.length === 0) return null;
  return (
    <section class="doubts-section" aria-labelledby="doubts-title">
      <h2 id="doubts-title">Doubts</h2>
      <ul>
        {session.warnings.map(({ name, detail }) => (
          <li key={`session ${name}`}>
            <strong>{name}</strong>, whole session: {WARNINGS[name]}
            {detail && ` (${detail})`}
          </li>
        ))}
        {counts.map(([name, count]) => (
          <li key={name}>
            <strong>{name}</strong>, {count} of {counted(session.rows.length, 'case')}: {WARNINGS[name]}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Environment({ file, session }: { readonly file: ResultFile; readonly session: Session }) {
  return (
    <section class="environment" aria-labelledby="environment-title">
      <h2 id="environment-title">Environment</h2>
      <table>
        <tbody>
          {environmentFacts(file, session).map(({ label, value }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
