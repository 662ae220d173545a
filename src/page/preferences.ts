// What a person chose for this page, kept in the browser; without storage the choice lasts as long as the page.
import { effect, type Signal } from '@preact/signals';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const THEME_KEY = 'fleetmark.theme';
const SHORTCUTS_KEY = 'fleetmark.shortcuts';

/** Reads both preferences into their signals, applies the theme, and keeps what changes. */
export function keepPreferences(theme: Signal<Theme>, shortcuts: Signal<boolean>): void {
  theme.value = THEMES.find((name) => name === read(THEME_KEY)) ?? 'auto';
  shortcuts.value = read(SHORTCUTS_KEY) !== 'off';
  effect(() => {
    document.documentElement.style.colorScheme = theme.value === 'auto' ? '' : theme.value;
    write(THEME_KEY, theme.value);
  });
  effect(() => write(SHORTCUTS_KEY, shortcuts.value ? 'on' : 'off'));
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be blocked by the person's settings; nothing depends on it.
  }
}
