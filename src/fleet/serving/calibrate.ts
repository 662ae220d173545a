// Calibration on measured points: parameters of the formula, offsets by label, and how far left-out points lay from their
// prediction. Everything a prediction needs, from data alone; knows no file.
import { servingConstant, servingSpreads } from './constants.ts';
import { fitParameters } from './fit.ts';
import { type Multipliers, multipliersFor, NORMAL, type Standardised } from './intervals.ts';
import { type Estimate, fitOffsets, type Offsets, type Residual, type Spreads } from './offsets.ts';
import type { Parameters } from './parameters.ts';
import type { Point } from './points.ts';
import { type Domain, measuredReplicaOf, type Question, questionsOf } from './question.ts';

export interface Calibration {
  readonly parameters: Parameters;
  /** Number of residuals by domain. */
  readonly counts: Readonly<Record<Domain, number>>;
  /** Log-scale shift of a question's answer, how well it is known, and the multipliers of its noise. */
  readonly correct: (question: Question) => Estimate & { readonly multipliers: Multipliers };
}

/** Domains whose residuals are learnt from. */
type Fitted = Exclude<Domain, 'lpu'>;

const SPREADS: Readonly<Record<Fitted, Spreads>> = {
  tpot: servingSpreads('serving'),
  rate: servingSpreads('serving'),
  ttft: servingSpreads('ttft'),
  capacity: servingSpreads('capacity'),
  stream: servingSpreads('stream'),
  prompt: servingSpreads('prompt'),
};

interface Domains {
  readonly offsets: Offsets;
  readonly standardised: readonly Standardised[];
}

export function calibrate(points: readonly Point[]): Calibration {
  const parameters = fitParameters(points.flatMap((point) => measuredReplicaOf(point) ?? []));
  const known = points.flatMap((point) => residualsOf(point, parameters));
  const fitted = new Map<Domain, Domains>();
  for (const domain of Object.keys(SPREADS) as Fitted[]) {
    fitted.set(
      domain,
      fitDomain(
        known.filter((entry) => entry.question.domain === domain),
        domain,
      ),
    );
  }
  const count = (domain: Domain): number => fitted.get(domain)?.standardised.length ?? 0;
  return {
    parameters,
    counts: {
      tpot: count('tpot'),
      ttft: count('ttft'),
      rate: count('rate'),
      capacity: count('capacity'),
      stream: count('stream'),
      prompt: count('prompt'),
      lpu: 0,
    },
    correct(question) {
      const domain = fitted.get(question.domain);
      const { mean, sd } = question.drift;
      if (!domain) return { mean, sd, multipliers: NORMAL };
      const here = domain.offsets.at(question.labels);
      const multipliers = multipliersFor(domain.standardised, question.group, question.family);
      return { mean: here.mean + mean, sd: Math.hypot(here.sd, sd), multipliers };
    },
  };
}

interface Known {
  readonly question: Question;
  readonly residual: Residual;
}

/** Residuals of a point in every domain that it holds a measurement of. */
function residualsOf(point: Point, parameters: Parameters): Known[] {
  const asked = [...answered(point, parameters), ...promptOf(point, parameters)];
  return asked.flatMap((question) => {
    const measured = outcomeOf(point, question);
    if (measured === null) return [];
    const value = Math.log(measured / question.value);
    return [{ question, residual: { labels: question.labels, value, noise: question.noise } }];
  });
}

function answered(point: Point, parameters: Parameters): readonly Question[] {
  const asked = questionsOf(point, parameters);
  return 'reason' in asked ? [] : asked;
}

/** A llama-bench row may hold the rate of a prompt of 512 beside that of decode. */
function promptOf(point: Point, parameters: Parameters): readonly Question[] {
  return point.prefill_tok_s_pp512 === null ? [] : answered({ ...point, scenario: 'pp512' }, parameters);
}

/** The measurement that a question asks for, in the question's unit; null where the point has none. */
export function outcomeOf(point: Point, question: Question): number | null {
  if (question.domain === 'prompt') return point.prefill_tok_s_pp512;
  if (question.domain === 'ttft') return point.ttft_ms;
  const [first] = question.quantities;
  if (first === 'tpot_ms') return point.tpot_ms ?? (point.tok_s_per_user ? 1000 / point.tok_s_per_user : null);
  return first === 'tok_s_per_user' ? point.tok_s_per_user : point.tok_s_per_gpu;
}

function fitDomain(known: readonly Known[], domain: Fitted): Domains {
  const offsets = fitOffsets(
    known.map(({ residual }) => residual),
    SPREADS[domain],
    servingConstant(domain === 'ttft' ? 'offset/largest-ttft' : 'offset/largest'),
  );
  const standardised = known.map(({ question: { group, family } }, i) => ({ group, family, z: offsets.leftOut[i]! }));
  return { offsets, standardised };
}
