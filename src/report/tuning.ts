// What the tuner did for a case → sentence and lines, for the page's row and the terminal. Knows neither.
import { parseCaseId } from '../core/case-id.ts';
import type { Row } from '../results/schema.ts';
import { formatQuantity } from './units.ts';

export type Tuning = NonNullable<Row['tuning']>;

export interface TuningLine {
  /** `register wx=16 wy=16`: the variant and what was tuned. */
  readonly kernel: string;
  readonly state: string;
  /** Empty where it was not timed. */
  readonly time: string;
  /** Over the chosen one's time; empty for that one and where there is none. */
  readonly ratio: string;
  /** Why, where it was not timed. */
  readonly reason: string;
}

/** Parameters of a kernel that its tuned case does not have: `register wx=16 wy=16`. */
export function kernelText(id: string, tunedId: string): string {
  const { path, params } = parseCaseId(id);
  const shape = parseCaseId(tunedId).params;
  const point = Object.entries(params).filter(([name]) => !(name in shape));
  return [path.split('/').slice(2).join('/'), ...point.map(([name, value]) => `${name}=${value}`)].join(' ');
}

/** `register wx=16, fastest of 14 candidates in 3.2 s`. */
export function tuningSentence(tuning: Tuning, id: string): string {
  const { chosen, candidates, seconds, ended, from } = tuning;
  const tried = candidates.filter(({ state }) => state !== 'untried' && state !== 'illegal').length;
  const legal = candidates.filter(({ state }) => state !== 'illegal').length;
  const of = tried === legal ? `${legal} candidates` : `${tried} of ${legal} candidates tried`;
  const how = ended === 'confident' ? 'told apart from every other' : 'the time ran out before all were told apart';
  const time = formatQuantity(seconds * 1e9, 'ns');
  const choice = chosen === null ? 'none could be measured' : kernelText(chosen, id);
  return `${choice}: fastest of ${of} in ${time}, ${how}${from === 'memory' ? '; remembered from an earlier run' : ''}`;
}

const ORDER: readonly Tuning['candidates'][number]['state'][] = [
  'chosen',
  'equal',
  'open',
  'slower',
  'wrong',
  'error',
  'untried',
  'illegal',
];

const WORDS: Readonly<Record<Tuning['candidates'][number]['state'], string>> = {
  chosen: 'chosen',
  equal: 'same within 1 %',
  open: 'not told apart',
  slower: 'slower',
  wrong: 'wrong',
  error: 'error',
  untried: 'not tried',
  illegal: 'cannot run here',
};

/** Every candidate, the fastest first, those without a time last. */
export function tuningLines({ candidates, chosen }: Tuning, id: string): TuningLine[] {
  const best = candidates.find((item) => item.id === chosen);
  const bestTrial = best?.trialNs ?? best?.timeNs;
  return candidates
    .map((item) => ({ item, ns: item.timeNs ?? item.trialNs ?? Number.POSITIVE_INFINITY }))
    .toSorted(
      (a, b) => ORDER.indexOf(a.item.state) - ORDER.indexOf(b.item.state) || (a.ns < b.ns ? -1 : a.ns > b.ns ? 1 : 0),
    )
    .map(({ item, ns }) => ({
      kernel: kernelText(item.id, id),
      state: WORDS[item.state],
      time: Number.isFinite(ns) ? formatQuantity(ns, 'ns') : '',
      ratio: ratioText(item, bestTrial),
      reason: item.reason ?? '',
    }));
}

/** From shared blocks where it was in the race, else from the trials. */
function ratioText(item: Tuning['candidates'][number], bestTrialNs: number | undefined): string {
  if (item.state === 'chosen') return '';
  if (item.ratioLo !== undefined && item.ratioHi !== undefined) {
    return `${item.ratio!.toFixed(3)} [${item.ratioLo.toFixed(3)}, ${item.ratioHi.toFixed(3)}]`;
  }
  if (item.ratio !== undefined) return item.ratio.toFixed(2);
  return item.trialNs === undefined || !bestTrialNs ? '' : `about ${(item.trialNs / bestTrialNs).toFixed(2)}`;
}
