// The Compare view: files in order, the first one the baseline; what each of the others says against it; kept runs.
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import { comparisonJson } from '../report/compare-json.ts';
import { compareLabelled } from '../report/compare-labelled.ts';
import type { ComparisonReport } from '../report/comparison.ts';
import { comparisonMarkdown } from '../report/text-compare.ts';
import { wrongButFast } from '../report/wrong-but-fast.ts';
import { type CompareSettings, DEFAULT_SETTINGS } from '../results/compare.ts';
import type { Archive } from './archive.ts';
import { CompareSettingsForm } from './compare-settings-form.tsx';
import { addFiles } from './compare-sides.ts';
import { Comparison } from './comparison.tsx';
import { FileDrop } from './file-drop.tsx';
import { copyText, saveText } from './files.ts';
import { HistoryPanel } from './history-panel.tsx';
import { type RowFilter, RowFilterBar } from './row-filter.tsx';
import { SideList } from './side-list.tsx';
import { type CompareSide, leftOut, running, sides } from './state.ts';
import { WrongList } from './wrong-list.tsx';

export function CompareView({ archive }: { readonly archive: Archive }) {
  const settings = useSignal<CompareSettings>(DEFAULT_SETTINGS);
  return (
    <>
      <section class="compare-in" aria-labelledby="compare-in-title">
        <h2 id="compare-in-title">Compare result files</h2>
        <FileDrop
          accept=".json,application/json"
          button="Add result files"
          hint="or drop two or more here; they stay in this page"
          multiple
          onFiles={(files) => void addFiles(files)}
        />
        <LeftOut />
        <SideList />
        {sides.value.length > 0 && <CompareSettingsForm settings={settings} />}
      </section>
      <Outcome files={sides.value} settings={settings.value} />
      <HistoryPanel archive={archive} />
    </>
  );
}

function LeftOut() {
  return (
    <div role="alert">
      {leftOut.value.length > 0 && (
        <div class="problem">
          <ul aria-label="Left out">
            {leftOut.value.map((fault) => (
              <li key={fault}>Left out: {fault}</li>
            ))}
          </ul>
          <button
            type="button"
            onClick={() => {
              leftOut.value = [];
            }}
          >
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}

interface OutcomeProps {
  readonly files: readonly CompareSide[];
  readonly settings: CompareSettings;
}

function Outcome({ files, settings }: OutcomeProps) {
  const isRunning = running.value;
  const outcome = useMemo(() => (isRunning ? null : compared(files, settings)), [files, settings, isRunning]);
  if (isRunning && files.length > 1) {
    return <p class="muted">The comparison is computed when the run has ended: it would disturb it.</p>;
  }
  if (outcome === null) return null;
  if ('fault' in outcome) return <p class="fault">{outcome.fault}</p>;
  if (outcome.report === null) {
    const one = files.length === 0 ? 'Two files make a comparison.' : 'One more file makes a comparison.';
    return (
      <p class="muted">
        {one} The first is the baseline. Three sessions a side let a change of a few percent be seen:{' '}
        <code>npm run bench</code> takes three.
      </p>
    );
  }
  return <Report report={outcome.report} />;
}

type Outcome = { readonly report: ComparisonReport | null } | { readonly fault: string };

function compared(files: readonly CompareSide[], settings: CompareSettings): Outcome {
  try {
    return { report: compareLabelled(files, settings) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

function Report({ report }: { readonly report: ComparisonReport }) {
  const filter = useSignal<RowFilter>({ changedOnly: false, needle: '' });
  const wrong = useMemo(
    () =>
      [report.base, ...report.others.map(({ next }) => next)].map((side) => ({
        ...side,
        wrong: wrongButFast(side.file),
      })),
    [report],
  );
  return (
    <>
      <div class="compare-bar">
        <RowFilterBar filter={filter} rows={report.others.flatMap(({ comparison }) => comparison.rows)} />
        <div class="actions">
          <button type="button" onClick={() => void copyText(comparisonMarkdown(report), 'the comparison as Markdown')}>
            Copy as Markdown
          </button>
          <button type="button" onClick={() => saveText('fleetmark-comparison.json', `${comparisonJson(report)}\n`)}>
            Download comparison
          </button>
        </div>
      </div>
      {report.others.map((other, i) => (
        <Comparison
          key={other.next.label}
          id={`comparison-${i}`}
          base={report.base}
          other={other}
          filter={filter.value}
        />
      ))}
      <WrongList sides={wrong} />
    </>
  );
}
