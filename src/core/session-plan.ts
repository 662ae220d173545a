// How many sessions a run takes, and in which order two sides take turns. Knows no browser.

/** Sessions by preset: a look, a comparison, a gate in continuous integration, a release. */
export const SESSION_PRESETS = { quick: 1, default: 3, gate: 5, release: 10 } as const;
export type SessionPreset = keyof typeof SESSION_PRESETS;

export interface SessionCount {
  readonly sessions: number;
  /** Why it is not what the preset says; null when it is, or was asked for by number. */
  readonly because: string | null;
}

/**
 * `sessions` as given (0: not given), else the preset's number. A software adapter gets one session where nobody asked for
 * more: its figures measure no GPU, so that repeating them buys nothing, and takes minutes.
 */
export function countSessions(sessions: number, preset: SessionPreset, isSoftware: boolean): SessionCount {
  if (sessions > 0) return { sessions, because: null };
  if (isSoftware && preset === 'default') {
    return {
      sessions: 1,
      because: '1 session: a software adapter measures no GPU; --sessions or --preset asks for more',
    };
  }
  return { sessions: SESSION_PRESETS[preset], because: null };
}

/** One launch of an A/B campaign. */
export interface Turn {
  readonly side: 0 | 1;
  /** Number of the pair it belongs to: its two sessions run next to each other. */
  readonly pair: number;
}

/**
 * A B, B A, A B, …: blocks of ABBA, each of two pairs. A drift in a line hits both sides of a block alike; plain turns
 * (A B A B) would always favour one side.
 */
export function abbaTurns(pairs: number): Turn[] {
  return Array.from({ length: pairs }, (_, pair): Turn[] => {
    const [first, second] = pair % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
    return [
      { side: first, pair },
      { side: second, pair },
    ];
  }).flat();
}
