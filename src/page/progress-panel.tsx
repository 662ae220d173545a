// Where a run is: a line of words, a bar, the step inside the case. Redraws only when an event arrives, at most four times a second.
import { labelCase, oneLine } from '../report/case-label.ts';
import { formatDuration } from '../report/units.ts';
import { overallFraction, progressText } from './run-progress.ts';
import { announcement, progress } from './state.ts';

export function ProgressPanel() {
  const now = progress.value;
  const rows = now.session?.rows.length ?? 0;
  return (
    <>
      <p class="visually-hidden" role="status">
        {announcement.value.text}
      </p>
      {now.phase !== 'idle' && (
        <section class={`progress progress-${now.phase}`} aria-label="Progress">
          <p class="progress-line">
            <strong>{now.current ? oneLine(labelCase(now.current.id)) : progressText(now)}</strong>
            <span class="muted">{now.step?.name ?? ''}</span>
          </p>
          <progress aria-label="Share of the run that is done" value={overallFraction(now)} max={1} />
          <p class="progress-line muted">
            <span>
              {rows} of {now.planned.length} cases
            </span>
            <span>{now.secondsLeft === null ? '' : `about ${formatDuration(now.secondsLeft)} left`}</span>
            {isOver(now.phase) && rows > 0 && <a href="#result">See the result</a>}
          </p>
        </section>
      )}
    </>
  );
}

function isOver(phase: string): boolean {
  return phase === 'done' || phase === 'cancelled' || phase === 'failed';
}
