// From a tuner's choice to a measured row: a choice that turns out wrong at length is ruled out and the others race anew, and
// only one that was measured and right is remembered. Knows no GPU: how to choose and to measure is handed in.
import { type CaseOutcome, type TunedCandidate, type TuningOutcome, unmeasured } from '../bench/outcome.ts';

/** Kernels found wrong, and how. */
export type RuledOut = ReadonlyMap<string, string>;

export interface ChoiceSteps {
  /** Recalls a choice, or races for one where nothing is ruled out yet; else it races, without those. */
  readonly choose: (ruledOut: RuledOut) => Promise<TuningOutcome>;
  /** Verifies the kernel at length and measures it. */
  readonly measure: (id: string) => Promise<CaseOutcome>;
  readonly remember: (tuning: TuningOutcome) => Promise<void>;
}

/** Chosen kernels that may turn out wrong before the case is given up. */
const MOST_CHOICES = 3;

export async function settleChoice({ choose, measure, remember }: ChoiceSteps): Promise<CaseOutcome> {
  const ruledOut = new Map<string, string>();
  for (;;) {
    // Times relative to a wrong kernel say nothing of the right ones, nor do those of another day.
    const tuning = withRuledOut(await choose(ruledOut), ruledOut);
    if (tuning.chosen === null) return givenUp(tuning);
    const outcome = await measure(tuning.chosen);
    if (outcome.state === 'ok' && tuning.from === 'race') await remember(tuning);
    if (outcome.state !== 'failed') return { ...outcome, tuning };
    ruledOut.set(tuning.chosen, outcome.reason ?? 'disagrees with its f64 reference');
    if (ruledOut.size === MOST_CHOICES) return givenUp(withRuledOut({ ...tuning, chosen: null }, ruledOut));
  }
}

function withRuledOut(tuning: TuningOutcome, ruledOut: RuledOut): TuningOutcome {
  const candidates = tuning.candidates.map((entry): TunedCandidate => {
    const reason = ruledOut.get(entry.id);
    return reason === undefined ? entry : { ...entry, state: 'wrong', reason };
  });
  return { ...tuning, candidates };
}

function givenUp(tuning: TuningOutcome): CaseOutcome {
  const reasons = tuning.candidates.flatMap(({ id, reason }) => (reason ? [`${id}: ${reason}`] : []));
  return { ...unmeasured('failed', ['no candidate could be measured', ...reasons].join('\n')), tuning };
}
