// A place to drop a file, with a button that does the same (WCAG 2.5.7). Hands the files on, one or many.
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';

interface FileDropProps {
  /** e.g. `.onnx` */
  readonly accept: string;
  readonly button: string;
  readonly hint: string;
  /** Whether more than one file is taken at a time. */
  readonly multiple?: boolean;
  /** At least one. */
  readonly onFiles: (files: readonly [File, ...File[]]) => void;
}

export function FileDrop({ accept, button, hint, multiple = false, onFiles }: FileDropProps) {
  const over = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  const take = (files: FileList | null | undefined): void => {
    const [first, ...others] = files ?? [];
    if (first) onFiles(multiple ? [first, ...others] : [first]);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the extra way in; the button inside is the accessible one
    <div
      class={over.value ? 'drop drop-over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => {
        over.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        take(event.dataTransfer?.files);
      }}
    >
      <button type="button" onClick={() => input.current?.click()}>
        {button}
      </button>
      <span class="drop-hint">{hint}</span>
      <input
        ref={input}
        type="file"
        accept={accept}
        multiple={multiple}
        hidden
        onChange={(event) => {
          take(event.currentTarget.files);
          event.currentTarget.value = '';
        }}
      />
    </div>
  );
}
