// About and help: what this is, how a number comes about, the keys, and the two preferences. A modal dialog.
import type { Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { buildInfo } from '../core/build-info.ts';
import type { Shortcut } from './keys.ts';
import { THEMES, type Theme } from './preferences.ts';

interface HelpDialogProps {
  readonly open: Signal<boolean>;
  readonly shortcuts: readonly Shortcut[];
  readonly shortcutsOn: Signal<boolean>;
  readonly theme: Signal<Theme>;
}

export function HelpDialog({ open, shortcuts, shortcutsOn, theme }: HelpDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open.value && !dialog.current?.open) dialog.current?.showModal();
    if (!open.value) dialog.current?.close();
  }, [open.value]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-title"
      onClose={() => {
        open.value = false;
      }}
    >
      <form method="dialog" class="help-head">
        <h2 id="help-title">Fleetmark</h2>
        <button type="submit">Close</button>
      </form>
      <p>
        Measures inference on the GPU in front of you, says how far the number can be trusted, and carries it honestly
        to a million GPUs. Nothing is uploaded; nothing is asked of any other place but a model that you look up.
      </p>
      <HowMeasured />
      <Keys shortcuts={shortcuts} shortcutsOn={shortcutsOn} />
      <fieldset class="themes">
        <legend>Colours</legend>
        {THEMES.map((name) => (
          <label key={name}>
            <input
              type="radio"
              name="theme"
              checked={theme.value === name}
              onChange={() => {
                theme.value = name;
              }}
            />{' '}
            {name}
          </label>
        ))}
      </fieldset>
      <p class="muted">
        Version {buildInfo.version}
        {buildInfo.commit && `, ${buildInfo.commit.slice(0, 12)}`}
        {buildInfo.dirty && ', with local changes'}
      </p>
    </dialog>
  );
}

function HowMeasured() {
  return (
    <>
      <h3>How a number comes about</h3>
      <ol>
        <li>The timer's step is measured, and GPU timestamps are compared with wall clock.</li>
        <li>A kernel's output is checked against an f64 reference at the very shape that is timed.</li>
        <li>It is run until two blocks of samples agree; then a batch is sized to at least 100 timer steps.</li>
        <li>Every sample is kept; one is left out only for a recorded cause.</li>
        <li>
          The median is shown with a 95 % interval that assumes no distribution; p90 from 29 samples, p99 from 299.
        </li>
        <li>Every doubt travels with the number, by name.</li>
      </ol>
    </>
  );
}

function Keys({ shortcuts, shortcutsOn }: Pick<HelpDialogProps, 'shortcuts' | 'shortcutsOn'>) {
  return (
    <>
      <h3>Keys</h3>
      <dl class="keys">
        {[...shortcuts, { key: 'Esc', what: 'cancel the run; finished rows are kept' }].map(({ key, what }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label>
        <input
          type="checkbox"
          checked={shortcutsOn.value}
          onChange={(event) => {
            shortcutsOn.value = event.currentTarget.checked;
          }}
        />{' '}
        Single-key shortcuts
      </label>
    </>
  );
}
