// The one look of all charts: sizes, margins, and colours by CSS variable, so that light, dark and print follow the page.

export const CHART_STYLE = {
  fontSize: '12px',
  fontFamily: 'var(--font)',
  color: 'var(--text)',
  background: 'transparent',
  overflow: 'visible',
} as const;

export const COLOR = {
  mark: 'var(--accent)',
  /** Secondary marks: unnamed points, interval whiskers of context. */
  quiet: 'var(--chart-quiet)',
  roof: 'var(--text)',
  label: 'var(--text)',
  muted: 'var(--muted)',
  grid: 'var(--line)',
  /** Halo that keeps labels legible over lines. */
  halo: 'var(--surface)',
} as const;

/** px */
export const FONT_SIZE = 12;
/** px */
export const LABEL_HEIGHT = 14;
/** Mean advance of the 12-px system font, px; measured on "matmul register 71 %" in Chromium, rounded up. */
export const CHARACTER_WIDTH = 6.6;
