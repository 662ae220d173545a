// The strip a run opens with: which GPU, and whether it can be trusted right now, in words first and colour second.
import { WARNINGS } from '../core/warnings.ts';
import { adapterStrip } from '../report/adapter-strip.ts';
import { nextSteps } from './next-steps.ts';
import { described, health } from './state.ts';

const TONE_SIGNS = { good: '✓', doubt: '▲', plain: '' } as const;

export function AdapterStrip() {
  const known = described.value;
  if (known === null) return <p class="strip-waiting">Looking at the adapter and its timer…</p>;
  if (known.environment === null) return <NoAdapter problem={known.problem} />;
  const items = adapterStrip(known.environment, known.timer, health.value);
  return (
    <section aria-label="This machine">
      {known.environment.adapter.isSoftware && <p class="software-note">{WARNINGS['software-adapter']}</p>}
      <dl class="strip">
        {items.map(({ label, value, tone, note }) => (
          <div class={`strip-item tone-${tone}`} key={label}>
            <dt>
              {TONE_SIGNS[tone] !== '' && <span aria-hidden="true">{TONE_SIGNS[tone]} </span>}
              {label}
            </dt>
            <dd>
              {value}
              {note !== '' && <small>{note}</small>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function NoAdapter({ problem }: { readonly problem: string | null }) {
  return (
    <section class="no-adapter" aria-labelledby="no-adapter-title">
      <h2 id="no-adapter-title">Nothing can be measured here yet</h2>
      <p>{problem ?? 'This browser offers no WebGPU.'}</p>
      <h3>Where WebGPU is missing</h3>
      <div class="next-steps">
        {nextSteps(navigator.userAgent).map(({ browser, steps }, i) => (
          <details key={browser} open={i === 0}>
            <summary>{browser}</summary>
            <ul>
              {steps.map((step) => (
                <li key={step}>{step}</li>
              ))}
            </ul>
          </details>
        ))}
      </div>
      <p>
        A result file from elsewhere can still be opened under <a href="#result">Result</a>.
      </p>
    </section>
  );
}
