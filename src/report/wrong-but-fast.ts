// Cases that ran but whose answer is wrong: their speed is no result and is shown struck through, with why. Says also which
// of them would have led their family, since a fast wrong answer is how a benchmark fools itself.
import type { Metric, ResultFile, Row } from '../results/schema.ts';
import { joinSessions } from '../results/sessions.ts';
import { findMetric, summarizeMetric } from '../results/summary.ts';
import { labelCase, oneLine } from './case-label.ts';
import { gateSentence, reproduceCommand } from './decoder-gate.ts';
import { formatQuantity } from './units.ts';

export interface WrongCase {
  readonly id: string;
  readonly name: string;
  /** The speed that must not be read as one: `900 ns`. */
  readonly speed: string;
  readonly why: string;
  /** `1.4 × as fast as matmul register, the fastest checked one of this shape`; null where it would lead nothing. */
  readonly lead: string | null;
  /** A decoder's first wrong token; null where there is none to name. */
  readonly firstWrong: string | null;
  /** Shows the fault again. */
  readonly command: string;
}

interface Speed {
  readonly metric: Metric;
  readonly median: number;
}

/** The metric that stands for a case's speed, in this order. */
const SPEEDS = ['time', 'decode-rate', 'latency', 'tpot'] as const;

/** Every case of the file that gave a wrong answer in at least one session and was timed there. */
export function wrongButFast(file: ResultFile): WrongCase[] {
  const cases = joinSessions(file);
  const right = cases.flatMap(({ id, rows }) => {
    const passed = rows.find((row) => row.state === 'ok' && row.verification?.state === 'passed');
    const speed = passed && !rows.some(isWrong) ? speedOf(passed) : null;
    return speed ? [{ id, speed }] : [];
  });
  return cases.flatMap(({ id, rows }) => {
    const wrong = rows.filter(isWrong);
    const worst = wrong.find((row) => speedOf(row) !== null);
    const speed = worst ? speedOf(worst) : null;
    if (!worst || !speed) return [];
    const sessions = rows.length > 1 ? `in ${wrong.length} of ${rows.length} sessions: ` : '';
    return [
      {
        id,
        name: oneLine(labelCase(id)),
        speed: formatQuantity(speed.median, speed.metric.unit),
        why: `${sessions}${whyWrong(worst)}`,
        lead: leadText(id, speed, right),
        firstWrong: gateSentence(worst),
        command: reproduceCommand(worst, file.plan),
      },
    ];
  });
}

function isWrong(row: Row): boolean {
  return row.state === 'failed' || row.verification?.state === 'failed';
}

function speedOf(row: Row): Speed | null {
  for (const name of SPEEDS) {
    const metric = findMetric(row, name);
    const summary = metric && summarizeMetric(metric);
    if (metric && summary && summary.median > 0) return { metric, median: summary.median };
  }
  return null;
}

function whyWrong(row: Row): string {
  const { reason, verification } = row;
  // The sentence of a decoder's gate holds the reason and the figures already.
  if (verification && gateSentence(row)) return `wanted ${verification.rule}`;
  const figures = Object.entries(verification?.figures ?? {}).map(([name, value]) => `${name} ${value.toPrecision(3)}`);
  const check = verification ? `wanted ${[verification.rule, ...figures].join('; found ')}` : '';
  return [reason?.split('\n', 1)[0], check].filter((part) => part).join('; ');
}

function leadText(
  id: string,
  { metric, median }: Speed,
  right: readonly { id: string; speed: Speed }[],
): string | null {
  const own = labelCase(id);
  const rivals = right.flatMap((other) => {
    const label = labelCase(other.id);
    const alike = label.family === own.family && label.params === own.params && label.kind === own.kind;
    if (!alike || other.speed.metric.name !== metric.name) return [];
    const ratio = other.speed.median / median;
    return [{ label, gain: metric.better === 'lower' ? ratio : 1 / ratio }];
  });
  const [fastest] = rivals.sort((a, b) => a.gain - b.gain);
  if (!fastest || fastest.gain <= 1) return null;
  const name = [fastest.label.name, fastest.label.runtime].filter((part) => part).join(' · ');
  return `${formatQuantity(fastest.gain, '1')} × as fast as ${name}, the fastest checked one of this shape`;
}
