// How long a run's page was hidden, and the doubt that puts on its session. Clock and visibility come from the caller.
import type { Session } from '../results/schema.ts';

export interface HiddenTime {
  /** Told at every change of visibility. */
  change(hidden: boolean, nowMs: number): void;
  /** Milliseconds hidden so far. */
  total(nowMs: number): number;
}

export function watchHiddenTime(hiddenAtStart: boolean, startMs: number): HiddenTime {
  let [sum, since] = [0, hiddenAtStart ? startMs : null];
  return {
    change(hidden, nowMs) {
      if (since !== null) sum += nowMs - since;
      since = hidden ? nowMs : null;
    },
    total: (nowMs) => sum + (since === null ? 0 : nowMs - since),
  };
}

/** The session with the page's own knowledge added: time hidden, and the warning when there was any. */
export function withHiddenTime(session: Session, hiddenMs: number): Session {
  if (hiddenMs <= 0) return session;
  const rounded = Math.round(hiddenMs);
  const others = session.warnings.filter(({ name }) => name !== 'tab-hidden');
  return {
    ...session,
    hiddenMs: rounded,
    warnings: [...others, { name: 'tab-hidden', detail: `${(rounded / 1000).toFixed(1)} s` }],
  };
}
