// A result that came in the address: medians and intervals of somebody's run, without samples, said to be just that.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { messageOf } from '../core/errors.ts';
import { WARNINGS } from '../core/warnings.ts';
import { counted, formatQuantity, formatWithInterval } from '../report/units.ts';
import { decodeSummary, type LinkSummary } from '../results/summary-link.ts';
import { SUMMARY_KEY } from './files.ts';
import { Grid } from './grid.tsx';

type Linked = { readonly summary: LinkSummary } | { readonly fault: string } | null;

export function LinkedSummary() {
  const linked = useSignal<Linked>(null);
  useEffect(() => {
    const read = async (): Promise<void> => {
      const hash = location.hash;
      const found = await readLink(hash);
      // Decoding takes a moment, in which the address may have changed again.
      if (hash === location.hash) linked.value = found;
    };
    void read();
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, [linked]);
  if (linked.value === null) return null;
  return (
    <section class="linked" aria-labelledby="linked-title">
      <h2 id="linked-title">A result from a link</h2>
      {'fault' in linked.value ? <p class="fault">{linked.value.fault}</p> : <Summary summary={linked.value.summary} />}
      <p>
        <a href="#result">Close it</a>
      </p>
    </section>
  );
}

async function readLink(hash: string): Promise<Linked> {
  const text = new URLSearchParams(hash.split('?')[1] ?? '').get(SUMMARY_KEY);
  if (text === null) return null;
  try {
    return { summary: await decodeSummary(text) };
  } catch (error) {
    return { fault: messageOf(error) };
  }
}

function Summary({ summary }: { readonly summary: LinkSummary }) {
  const { device, browser, system, timers, build, suite, sessions, createdAt, software, rows } = summary;
  return (
    <>
      <p>
        {device}; {browser} on {system}; {timers}; build {build}; suite {suite}, {counted(sessions, 'session')};{' '}
        {createdAt.replace('T', ' ').slice(0, 16)} UTC
      </p>
      {software && <p class="software-note">{WARNINGS['software-adapter']}</p>}
      <p class="muted">
        Only medians and intervals travel in a link, and whoever made it could have changed them: to compare or to
        check, ask for the result file.
      </p>
      <Grid
        caption="Medians"
        head={['Case', 'State', 'Metrics: median [interval], samples']}
        rows={rows.map((row) => [row.id, stateText(row), row.metrics.map(metricText).join('; ')])}
      />
    </>
  );
}

type SummaryRow = LinkSummary['rows'][number];

function stateText({ state, checked, reason }: SummaryRow): string {
  if (state === 'ok') return checked ? 'ok, checked' : 'ok, not checked';
  return reason === undefined ? state : `${state}: ${reason}`;
}

function metricText({ name, unit, median, interval, samples }: SummaryRow['metrics'][number]): string {
  const figure = interval
    ? formatWithInterval(median, { lo: interval[0], hi: interval[1] }, unit)
    : formatQuantity(median, unit);
  return `${name} ${figure}, n = ${samples}`;
}
