// Sliders for a scenario's assumptions, made from its one table of settings. A quantity left alone is drawn from its range.
import { findConstant } from '../fleet/catalogue.ts';
import type { Scenario } from '../fleet/scenario.ts';
import { SETTINGS, type SettingName, type SettingSpec } from '../fleet/scenario-settings.ts';
import { plain } from '../report/plain.ts';
import { placeOf, SLIDER_STEPS, type SliderRange, valueAtPlace } from './slider-scale.ts';

const FIRST = ['share', 'user-rate', 'gpus', 'power-gw'] as const satisfies readonly SettingName[];
const MORE = [
  'liftable',
  'power-share',
  'rubin-kw',
  'lpx-racks',
  'lpx-rack-kw',
  'utilisation',
  'newer-2027',
  'ultra-share',
  'spectrum-share',
] as const satisfies readonly SettingName[];
type Shown = (typeof FIRST)[number] | (typeof MORE)[number];

interface SlidersProps {
  readonly scenario: Scenario;
  readonly onChange: (change: Partial<Scenario>) => void;
}

export function FleetSliders({ scenario, onChange }: SlidersProps) {
  const row = (names: readonly Shown[]) => (
    <div class="sliders">
      {names.map((name) => (
        <Slider key={name} name={name} value={scenario[name]} range={rangeFor(name)} onChange={onChange} />
      ))}
    </div>
  );
  return (
    <>
      {row(FIRST)}
      <details class="options">
        <summary>More assumptions</summary>
        {row(MORE)}
      </details>
    </>
  );
}

/** Narrower than what a scenario may hold, where the rest is of no use to a hand on a slider. */
const REACH: Partial<Record<Shown, readonly [min: number, max: number]>> = {
  'user-rate': [5, 3000],
  gpus: [10_000, 10_000_000],
  'rubin-kw': [1, 6],
  'lpx-racks': [0.05, 20],
  'lpx-rack-kw': [40, 400],
};

function rangeFor(name: Shown): SliderRange {
  const spec: Extract<SettingSpec, { min: number }> = SETTINGS[name];
  const [min, max] = REACH[name] ?? [spec.min, spec.max];
  return { min, max, integer: spec.type === 'number' && spec.integer === true };
}

interface SliderProps {
  readonly name: Shown;
  readonly value: number | null;
  readonly range: SliderRange;
  readonly onChange: SlidersProps['onChange'];
}

function Slider({ name, value, range, onChange }: SliderProps) {
  const spec: SettingSpec = SETTINGS[name];
  const prior = spec.type === 'prior' ? findConstant(spec.constant) : null;
  const shown = value ?? prior?.value ?? 1;
  const said =
    value === null
      ? prior
        ? `drawn: ${plain(prior.lo)} to ${plain(prior.hi)}`
        : 'solved'
      : range.integer
        ? shown.toLocaleString('en-US')
        : plain(shown);
  const id = `fleet-${name}`;
  return (
    <div class="slider">
      <label for={id}>{name}</label>
      <output for={id}>{said}</output>
      <input
        id={id}
        type="range"
        min={0}
        max={SLIDER_STEPS}
        step={1}
        value={placeOf(shown, range)}
        aria-valuetext={said}
        aria-describedby={`${id}-help`}
        onInput={(event) => onChange({ [name]: valueAtPlace(event.currentTarget.valueAsNumber, range) })}
      />
      <small id={`${id}-help`}>{spec.help}</small>
      {value !== null && spec.default === null && (
        <button type="button" class="plain" onClick={() => onChange({ [name]: null })}>
          {prior ? `Draw ${name} from its range` : `Let ${name} be solved`}
        </button>
      )}
    </div>
  );
}
