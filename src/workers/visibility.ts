// Remembers whether the page was hidden since it was last asked: a hidden tab's timers and GPU work are held back.

export interface Visibility {
  change(hidden: boolean): void;
  /** Why what was timed since the last call does not count, or null. */
  readonly disturbance: () => string | null;
  readonly isHidden: () => boolean;
}

export function watchVisibility(): Visibility {
  let [hidden, wasHidden] = [false, false];
  return {
    change(now) {
      hidden = now;
      wasHidden ||= now;
    },
    disturbance: () => {
      const disturbed = wasHidden;
      wasHidden = hidden;
      return disturbed ? 'page hidden' : null;
    },
    isHidden: () => hidden,
  };
}
