// Sliders for a rollout's assumptions, made from its one table of settings. A quantity left alone is drawn from its range.
import { findPrior } from '../fleet/rollout/priors.ts';
import { ROLLOUT_SETTINGS, type RolloutScenario, type RolloutSettingName } from '../fleet/rollout/scenario.ts';
import type { SettingSpec } from '../fleet/settings.ts';
import { plain } from '../report/plain.ts';
import { placeOf, SLIDER_STEPS, type SliderRange, valueAtPlace } from './slider-scale.ts';

const SHOWN = [
  'share',
  'user-rate',
  'gpus',
  'liftable',
  'power-gw',
  'power-share',
  'lpx-gain',
  'lpx-racks',
  'lpx-rack-kw',
  'utilisation',
  'newer-2027',
  'spectrum-share',
] as const satisfies readonly RolloutSettingName[];
type Shown = (typeof SHOWN)[number];

interface SlidersProps {
  readonly scenario: RolloutScenario;
  /** tokens/s/user that were measured for the workload. */
  readonly measured: { readonly lo: number; readonly hi: number };
  readonly onChange: (change: Partial<RolloutScenario>) => void;
}

export function RolloutSliders({ scenario, measured, onChange }: SlidersProps) {
  return (
    <div class="sliders">
      {SHOWN.map((name) => (
        <Slider key={name} name={name} value={scenario[name]} range={rangeFor(name, measured)} onChange={onChange} />
      ))}
    </div>
  );
}

function rangeFor(name: Shown, measured: SlidersProps['measured']): SliderRange {
  const spec: Extract<SettingSpec, { min: number }> = ROLLOUT_SETTINGS[name];
  if (name === 'user-rate') return { min: measured.lo, max: measured.hi, integer: false };
  return { min: spec.min, max: spec.max, integer: spec.type === 'number' && spec.integer === true };
}

interface SliderProps {
  readonly name: Shown;
  readonly value: number | null;
  readonly range: SliderRange;
  readonly onChange: SlidersProps['onChange'];
}

function Slider({ name, value, range, onChange }: SliderProps) {
  const spec: SettingSpec = ROLLOUT_SETTINGS[name];
  const prior = spec.type === 'prior' ? findPrior(spec.constant) : null;
  const shown = value ?? prior?.value ?? range.min;
  const said =
    value === null && prior
      ? `drawn: ${plain(prior.lo)} to ${plain(prior.hi)}`
      : range.integer
        ? shown.toLocaleString('en-US')
        : plain(shown);
  const id = `rollout-${name}`;
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
      {value !== null && prior && (
        <button type="button" class="plain" onClick={() => onChange({ [name]: null })}>
          Draw {name} from its range
        </button>
      )}
    </div>
  );
}
