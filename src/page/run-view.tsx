// The Run view: what this machine is, what will be measured, Start; while it runs, where it is and the rows so far.
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { nonDefaultOptions } from '../core/options.ts';
import { softwareLabel } from '../report/environment.ts';
import { counted } from '../report/units.ts';
import { AdapterStrip } from './adapter-strip.tsx';
import { Cases } from './cases.tsx';
import type { Controller } from './controller.ts';
import { FileDrop } from './file-drop.tsx';
import { takeModelFiles } from './files.ts';
import { describeSize, HubModel } from './hub-model.tsx';
import { OptionsPanel } from './options-panel.tsx';
import { ProgressPanel } from './progress-panel.tsx';
import * as state from './state.ts';
import { SuiteCards } from './suite-cards.tsx';
import { WritingPanel } from './writing-panel.tsx';

export function RunView({ controller }: { readonly controller: Controller }) {
  const session = state.progress.value.session;
  const environment = state.described.value?.environment;
  return (
    <>
      {/* For who opens this page for the first time. */}
      {session === null && (
        <p class="what">
          Runs kernels and language models on this GPU through WebGPU, checks their answers, and says how far each
          number can be trusted.
        </p>
      )}
      <AdapterStrip />
      {environment && (
        <>
          {/* Out of the way while a run goes on: they could change nothing then. */}
          {!state.running.value && (
            <>
              <SuiteCards controller={controller} />
              <ModelChoice controller={controller} />
              <OptionsPanel controller={controller} />
            </>
          )}
          <StartBar controller={controller} />
        </>
      )}
      <ProgressPanel />
      <WritingPanel />
      {session && session.rows.length > 0 && (
        <Cases id="run-cases" session={session} software={environment ? softwareLabel(environment) : null} />
      )}
    </>
  );
}

function ModelChoice({ controller }: { readonly controller: Controller }) {
  const model = state.droppedModel.value;
  if (model === null) {
    return (
      <>
        <FileDrop
          accept=".onnx,.gguf,.safetensors,.json"
          button="Choose a model"
          hint="or drop one here: .onnx, .gguf, or .safetensors with its config.json and tokenizer.json. It is measured in place of the suite, and never leaves this page"
          multiple
          onFiles={(files) => void takeModelFiles(files)}
        />
        <HubModel controller={controller} />
      </>
    );
  }
  return (
    <div class="drop">
      <span>
        Model <strong>{model.name}</strong> is measured in place of the suite.{' '}
        {'reference' in model.source && state.modelSize.value
          ? `${describeSize(state.modelSize.value)}.`
          : 'Symbolic dimensions of an ONNX file go into the option dim, e.g. batch_size=1.'}
      </span>
      <button
        type="button"
        onClick={() => {
          state.droppedModel.value = null;
        }}
      >
        Remove
      </button>
    </div>
  );
}

function StartBar({ controller }: { readonly controller: Controller }) {
  const plan = useSignal<{ readonly text: string; readonly fault: boolean }>({ text: '', fault: false });
  const takesModel = useComputed(() => state.droppedModel.value !== null || state.options.value.model !== '');
  useSignalEffect(() => {
    const options = state.options.value;
    if (takesModel.value) {
      plan.value = { text: 'the model on every runtime that takes it', fault: false };
      return;
    }
    controller
      .plan(options)
      .then((ids) => {
        if (options === state.options.value) plan.value = { text: countText(ids.length), fault: false };
      })
      .catch((error: unknown) => {
        plan.value = { text: messageOf(error), fault: true };
      });
  });
  const changed = Object.entries(nonDefaultOptions(state.options.value)).map(([name, value]) => `${name}=${value}`);
  return (
    <div class="start-bar">
      {state.running.value ? (
        <button
          type="button"
          class="primary"
          disabled={state.progress.value.phase === 'cancelling'}
          onClick={() => void controller.cancel()}
        >
          Cancel <kbd>Esc</kbd>
        </button>
      ) : (
        <button
          type="button"
          class="primary"
          id="start"
          disabled={!state.startable.value || plan.value.fault}
          // A failure is already told by the controller.
          onClick={() => void controller.start().catch(() => undefined)}
        >
          Start
        </button>
      )}
      {!state.running.value && (
        <span class={plan.value.fault ? 'fault' : 'muted'} role={plan.value.fault ? 'alert' : undefined}>
          {plan.value.text}
        </span>
      )}
      {changed.length > 0 && <span class="muted">not default: {changed.join('  ')}</span>}
    </div>
  );
}

function countText(count: number): string {
  return `${counted(count, 'case')}; one that would take longer than its budget is skipped, and says so`;
}
