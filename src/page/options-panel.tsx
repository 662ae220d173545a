// Settings of a run as fields, made from the one table of options; every change is written into the address.
import { useSignal } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { OPTIONS, type OptionName, type OptionSpec, type Options, parseOption } from '../core/options.ts';
import type { Controller } from './controller.ts';
import { options } from './state.ts';

/** Settings with a place of their own elsewhere on the page. */
const ELSEWHERE: readonly string[] = ['suite', 'autostart'];
const SHOWN = (Object.keys(OPTIONS) as OptionName[]).filter((name) => OPTIONS[name].url && !ELSEWHERE.includes(name));

export function OptionsPanel({ controller }: { readonly controller: Controller }) {
  return (
    <details class="options">
      <summary>Options</summary>
      <p class="muted">They are part of this page's address: copy it to share the settings.</p>
      <div class="fields">
        {SHOWN.map((name) => (
          <OptionField key={name} name={name} onChange={controller.setOptions} />
        ))}
      </div>
    </details>
  );
}

interface FieldProps {
  readonly name: OptionName;
  readonly onChange: (changes: Partial<Options>) => void;
}

function OptionField({ name, onChange }: FieldProps) {
  const fault = useSignal<string | null>(null);
  const spec: OptionSpec = OPTIONS[name];
  const commit = (text: string): void => {
    try {
      onChange({ [name]: parseOption(name, spec.type === 'list' ? listItems(text) : text) });
      fault.value = null;
    } catch (error) {
      fault.value = messageOf(error);
    }
  };
  return (
    <div class="field">
      <label for={`option-${name}`}>{name}</label>
      <input
        id={`option-${name}`}
        type="text"
        inputMode={spec.type === 'number' ? 'decimal' : 'text'}
        value={fieldText(options.value[name])}
        placeholder={'placeholder' in spec ? spec.placeholder : ''}
        aria-invalid={fault.value !== null}
        aria-describedby={`help-${name}`}
        spellcheck={false}
        autocomplete="off"
        onChange={(event) => commit(event.currentTarget.value)}
      />
      <small id={`help-${name}`}>
        {fault.value === null ? spec.help : <span class="fault">{fault.value}</span>}
        {spec.type === 'list' && fault.value === null && ' (separated by spaces)'}
      </small>
    </div>
  );
}

function listItems(text: string): string[] {
  return text.split(/\s+/).filter((item) => item !== '');
}

function fieldText(value: Options[OptionName]): string {
  return Array.isArray(value) ? value.join(' ') : String(value);
}
