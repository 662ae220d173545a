// A scenario's switches and entered numbers, made from its one table of settings: workload, contested readings, prices.
import { useSignal } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { parseScenario, type Scenario } from '../fleet/scenario.ts';
import { SETTINGS, type SettingName, type SettingSpec } from '../fleet/scenario-settings.ts';

const SWITCHES = [
  'model',
  'precision',
  'count',
  'reading',
  'mode',
  'speculation',
] as const satisfies readonly SettingName[];
const NUMBERS = [
  'isl',
  'osl',
  'cache-hit',
  'sites',
  'tier-free',
  'tier-medium',
  'tier-high',
  'gpu-usd',
  'lpx-rack-usd',
] as const satisfies readonly SettingName[];

interface SwitchesProps {
  readonly scenario: Scenario;
  readonly onChange: (change: Partial<Scenario>) => void;
}

export function FleetSwitches({ scenario, onChange }: SwitchesProps) {
  const fault = useSignal<string | null>(null);
  const enter = (name: SettingName, text: string): void => {
    try {
      const value =
        text.trim() === '' ? SETTINGS[name].default : parseScenario({ [name]: text }, 'field', scenario)[name];
      fault.value = null;
      onChange({ [name]: value });
    } catch (error) {
      fault.value = messageOf(error);
    }
  };
  return (
    <>
      <div class="fields">
        {SWITCHES.map((name) => (
          <Switch key={name} name={name} value={scenario[name]} onChange={(value) => onChange({ [name]: value })} />
        ))}
        {NUMBERS.map((name) => (
          <Entry key={name} name={name} value={scenario[name]} onChange={(text) => enter(name, text)} />
        ))}
      </div>
      {fault.value && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
    </>
  );
}

interface SwitchProps {
  readonly name: (typeof SWITCHES)[number];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Switch({ name, value, onChange }: SwitchProps) {
  const spec = SETTINGS[name];
  const id = `fleet-${name}`;
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <select
        id={id}
        value={value}
        aria-describedby={`${id}-help`}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {spec.choices.map((choice) => (
          <option key={choice} value={choice}>
            {choice}
          </option>
        ))}
      </select>
      <small id={`${id}-help`}>{spec.help}</small>
    </div>
  );
}

interface EntryProps {
  readonly name: (typeof NUMBERS)[number];
  readonly value: number | null;
  readonly onChange: (text: string) => void;
}

function Entry({ name, value, onChange }: EntryProps) {
  const spec: SettingSpec = SETTINGS[name];
  const id = `fleet-${name}`;
  return (
    <div class="field">
      <label for={id}>{name}</label>
      <input
        id={id}
        type="text"
        inputMode="decimal"
        value={value === null ? '' : String(value)}
        placeholder={spec.default === null ? 'not given' : String(spec.default)}
        aria-describedby={`${id}-help`}
        autocomplete="off"
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <small id={`${id}-help`}>{spec.help}</small>
    </div>
  );
}
