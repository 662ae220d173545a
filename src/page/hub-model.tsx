// Asks for a model of a Hugging Face repository: first what it takes, with its size, then, as the model of the next run, the
// download. Nothing is asked of anyone before the button is pressed.
import { useSignal, useSignalEffect } from '@preact/signals';
import { messageOf } from '../core/errors.ts';
import { counted, formatQuantity } from '../report/units.ts';
import type { KeptModels, ModelSize } from '../workers/api.ts';
import type { Controller } from './controller.ts';
import * as state from './state.ts';

export function HubModel({ controller }: { readonly controller: Controller }) {
  const asking = useSignal(false);
  const text = useSignal(/^(hf:|https:)/.test(state.options.value.model) ? state.options.value.model : '');
  const lookUp = async (): Promise<void> => {
    const reference = text.value.trim();
    if (reference === '' || asking.value) return;
    asking.value = true;
    try {
      const size = await controller.modelSize(reference);
      state.droppedModel.value = { name: size.name, source: { reference } };
      state.modelSize.value = size;
      state.problem.value = null;
      state.notice.value = describeSize(size);
    } catch (error) {
      state.problem.value = messageOf(error);
    } finally {
      asking.value = false;
    }
  };
  return (
    <form
      class="hub"
      onSubmit={(event) => {
        event.preventDefault();
        void lookUp();
      }}
    >
      <label for="hub-model">or a Hugging Face repository</label>
      <input
        id="hub-model"
        type="text"
        placeholder="hf:owner/name/file.gguf"
        spellcheck={false}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" disabled={asking.value || text.value.trim() === ''}>
        {asking.value ? 'Asking…' : 'Look up'}
      </button>
      <span class="drop-hint">asks huggingface.co for names and sizes; Start downloads</span>
      <KeptFiles controller={controller} />
    </form>
  );
}

/** What earlier downloads left in this browser, with a way to be rid of it; nothing where there is nothing. */
function KeptFiles({ controller }: { readonly controller: Controller }) {
  const kept = useSignal<KeptModels | null>(null);
  useSignalEffect(() => {
    // A browser without such a file system keeps nothing.
    controller.keptModels().then(
      (found) => {
        kept.value = found;
      },
      () => {},
    );
  });
  if (!kept.value || kept.value.files === 0) return null;
  const remove = async (): Promise<void> => {
    try {
      await controller.removeKept();
      kept.value = null;
      state.droppedModel.value = null;
      state.notice.value = 'Removed the models that this browser kept';
    } catch (error) {
      state.problem.value = messageOf(error);
    }
  };
  return (
    <button type="button" onClick={() => void remove()}>
      Remove kept models ({formatQuantity(kept.value.bytes, 'bytes')})
    </button>
  );
}

/** e.g. `hf:owner/name: 5 files, 2.4 GB, all to download`. */
export function describeSize({ name, files, bytes, missingBytes }: ModelSize): string {
  const count = counted(files, 'file');
  const missing =
    missingBytes === 0
      ? 'kept in this browser already'
      : `${missingBytes === bytes ? 'all' : formatQuantity(missingBytes, 'bytes')} to download`;
  return `${name}: ${count}, ${formatQuantity(bytes, 'bytes')}, ${missing}`;
}
