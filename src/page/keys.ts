// Single-key shortcuts: what they are, and one listener. They rest while a field has the focus (WCAG 2.1.4) and can be turned off.

export interface Shortcut {
  readonly key: string;
  readonly what: string;
  readonly run: () => void;
}

/** Esc is no character key: it works everywhere but in an open dialog, and cannot be turned off. */
export function listenForKeys(
  shortcuts: readonly Shortcut[],
  enabled: () => boolean,
  onEscape: () => void,
): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector('dialog[open]')) return;
    if (event.key === 'Escape') {
      onEscape();
      return;
    }
    if (!enabled() || isField(event.target)) return;
    const shortcut = shortcuts.find(({ key }) => key === event.key);
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run();
  };
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}

function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches('input:not([type=radio]), textarea, select, [contenteditable]')
  );
}
