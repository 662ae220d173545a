// Turns the tokens of a generation into text that grows, told of at most four times a second. Knows no page and no tokenizer.
import type { Generation } from './decoder-runtime.ts';

export type Detokenise = (tokens: readonly number[]) => string;

/** Text of a generation so far, as a person may be shown it. */
export interface TextSoFar {
  readonly prompt: string;
  readonly text: string;
  readonly tokens: number;
  /** Of the generation once it is over; null while it runs. */
  readonly tokensPerSecond: number | null;
}

const INTERVAL_MS = 250;

export interface TextStream {
  readonly onToken: (token: number) => void;
  /** Tells the whole text and the rate of a generation that is over. */
  end(generation: Generation): void;
}

export function createTextStream(
  prompt: readonly number[],
  detokenise: Detokenise,
  tell: (text: TextSoFar) => void,
  now: () => number = () => performance.now(),
): TextStream {
  const promptText = detokenise(prompt);
  const tokens: number[] = [];
  let told = Number.NEGATIVE_INFINITY;
  return {
    onToken: (token) => {
      tokens.push(token);
      if (now() - told < INTERVAL_MS) return;
      told = now();
      tell({ prompt: promptText, text: detokenise(tokens), tokens: tokens.length, tokensPerSecond: null });
    },
    end: (generation) => {
      const spent = generation.gapsNs.reduce((sum, gap) => sum + gap, 0);
      const tokensPerSecond = spent > 0 ? (generation.gapsNs.length / spent) * 1e9 : null;
      const { tokens: whole } = generation;
      tell({ prompt: promptText, text: detokenise(whole), tokens: whole.length, tokensPerSecond });
    },
  };
}
