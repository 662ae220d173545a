// The fleet's assumptions as fields, made from the fleet's one table of settings; a field left empty keeps the default.
import { type Signal, useSignal } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { FLEET_SETTINGS, type FleetSettingName, type FleetSettings, parseFleetSettings } from '../fleet/settings.ts';

const NAMES = Object.keys(FLEET_SETTINGS) as FleetSettingName[];

export function FleetSettingsForm({ settings }: { readonly settings: Signal<FleetSettings> }) {
  const given = useSignal<Readonly<Record<string, string>>>({});
  const fault = useSignal<string | null>(null);
  const change = (name: FleetSettingName, text: string): void => {
    const { [name]: _, ...others } = given.value;
    given.value = text.trim() === '' ? others : { ...others, [name]: text.trim() };
    try {
      settings.value = parseFleetSettings(given.value);
      fault.value = null;
    } catch (error) {
      fault.value = messageOf(error);
    }
  };
  return (
    <details class="options">
      <summary>Assumptions</summary>
      {fault.value && (
        <p class="fault" role="alert">
          {fault.value}
        </p>
      )}
      <div class="fields">
        {NAMES.map((name) => (
          <SettingField key={name} name={name} text={given.value[name] ?? ''} onChange={(text) => change(name, text)} />
        ))}
      </div>
    </details>
  );
}

interface FieldProps {
  readonly name: FleetSettingName;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

function SettingField({ name, text, onChange }: FieldProps) {
  const spec = FLEET_SETTINGS[name];
  const id = `fleet-${name}`;
  return (
    <div class="field">
      <label for={id}>{name}</label>
      {spec.type === 'text' ? (
        <select
          id={id}
          value={text === '' ? spec.default : text}
          aria-describedby={`${id}-help`}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {spec.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type="text"
          inputMode="decimal"
          value={text}
          placeholder={spec.default === null ? 'drawn from its range' : String(spec.default)}
          aria-describedby={`${id}-help`}
          autocomplete="off"
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      )}
      <small id={`${id}-help`}>{spec.help}</small>
    </div>
  );
}
