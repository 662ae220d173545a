// Catches what a wasm runtime prints. onnxruntime-web can only print its profile, and its module binds console.log once,
// when it is instantiated: the tap must be in place then. Knows no format of what is printed.

export interface ConsoleTap {
  /** Lines printed while `work` runs, which then do not reach the console. */
  capture(work: () => Promise<void>): Promise<string[]>;
}

/** Puts the tap in console.log while `instantiate` runs, and the old console.log back afterwards. */
export async function withConsoleTap(instantiate: () => Promise<void>): Promise<ConsoleTap> {
  const original = console.log;
  let lines: string[] | null = null;
  console.log = (...values: unknown[]) => {
    if (lines) lines.push(values.map(String).join(' '));
    else original(...values);
  };
  try {
    await instantiate();
  } finally {
    console.log = original;
  }
  return {
    capture: async (work) => {
      const caught: string[] = [];
      lines = caught;
      try {
        await work();
      } finally {
        lines = null;
      }
      return caught;
    },
  };
}
