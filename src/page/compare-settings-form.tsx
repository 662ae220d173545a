// What the reader may decide about a comparison: how large a change matters, and whether environments may differ.
import type { Signal } from '@preact/signals';
import type { CompareSettings } from '../results/compare.ts';
import type { ThresholdPreset } from '../results/thresholds.ts';

const PRESETS: readonly { readonly name: ThresholdPreset; readonly text: string }[] = [
  { name: 'strict', text: 'strict: half of them' },
  { name: 'default', text: 'default: 2 % by GPU timestamps, 3 % by wall clock, more for tails' },
  { name: 'permissive', text: 'permissive: twice as much' },
];

export function CompareSettingsForm({ settings }: { readonly settings: Signal<CompareSettings> }) {
  const { thresholds, acrossEnvironment } = settings.value;
  return (
    <div class="compare-settings">
      <label>
        A change matters from{' '}
        <select
          value={thresholds.preset}
          onChange={(event) => {
            const preset = PRESETS.find(({ name }) => name === event.currentTarget.value)?.name ?? 'default';
            settings.value = { ...settings.value, thresholds: { ...thresholds, preset } };
          }}
        >
          {PRESETS.map(({ name, text }) => (
            <option key={name} value={name}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <label>
        <input
          type="checkbox"
          checked={acrossEnvironment}
          onChange={(event) => {
            settings.value = { ...settings.value, acrossEnvironment: event.currentTarget.checked };
          }}
        />{' '}
        Different adapters, browsers, timers or flags are what is compared
      </label>
    </div>
  );
}
