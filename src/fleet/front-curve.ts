// The line between two neighbours of a measured front, in the axes in which such fronts are found straight.
// Knows two points and a form, nothing of models.
import type { FrontForm, ServingPoint } from './catalogue.ts';

type Place = Pick<ServingPoint, 'tokensPerUser' | 'tokensPerGpu'>;

export interface Segment {
  /** tokens/s/GPU at a tokens/s/user between the two points. */
  rateAt(tokensPerUser: number): number;
  /** First tokens/s/user where d log(rate) / d log(tokens/s/user) lies below `slope`; null when it never does. */
  steeperFrom(slope: number): number | null;
}

/**
 * `square-root`: √rate is straight over tokens/s/user; `log-log`: log rate over log tokens/s/user.
 * Chosen by leaving one inner point out of every H100, H200 and B200 front of the silicon sample at hand, median |log error|:
 * Llama-3.1-70B (9 points) 0.06 against 0.64, Llama-3.1-8B and Qwen3-32B (41 points) 0.06 against 0.17,
 * DeepSeek-R1 and gpt-oss-120b (4 points) 0.30 against 0.04.
 */
export function segmentOf(form: FrontForm, a: Place, b: Place): Segment {
  return form === 'square-root' ? squareRoot(a, b) : logLog(a, b);
}

function squareRoot(a: Place, b: Place): Segment {
  const root = Math.sqrt(a.tokensPerGpu);
  const step = (Math.sqrt(b.tokensPerGpu) - root) / (b.tokensPerUser - a.tokensPerUser);
  return {
    rateAt: (user) => (root + step * (user - a.tokensPerUser)) ** 2,
    steeperFrom: (slope) => {
      // The log-log slope 2·u·step / √rate falls steadily with u, so it is crossed at most once.
      const crossing = (slope * (root - step * a.tokensPerUser)) / (step * (2 - slope));
      if (crossing >= b.tokensPerUser) return null;
      return Math.max(crossing, a.tokensPerUser);
    },
  };
}

function logLog(a: Place, b: Place): Segment {
  const slopeHere = Math.log(b.tokensPerGpu / a.tokensPerGpu) / Math.log(b.tokensPerUser / a.tokensPerUser);
  return {
    rateAt: (user) => a.tokensPerGpu * (user / a.tokensPerUser) ** slopeHere,
    steeperFrom: (slope) => (slopeHere < slope ? a.tokensPerUser : null),
  };
}
