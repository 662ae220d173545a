// Predictions with intervals for points of any kind the model answers. Knows a calibration, not how it was made.
import type { Calibration } from './calibrate.ts';
import { type Interval, invert, logInterval } from './intervals.ts';
import type { Point, Unreadable } from './points.ts';
import { type Quantity, type Question, questionsOf } from './question.ts';

export type Prediction = { readonly id: string; readonly reason?: string } & { readonly [Q in Quantity]?: Interval };

/** One answer per point, in order. A point without an answer carries the reason. */
export function predictPoints(points: readonly (Point | Unreadable)[], calibration: Calibration): Prediction[] {
  return points.map((point) => {
    if ('reason' in point) return { id: point.id, reason: point.reason };
    const asked = questionsOf(point, calibration.parameters);
    if ('reason' in asked) return { id: point.id, reason: asked.reason };
    return Object.assign({ id: point.id }, ...asked.map((question) => answer(question, calibration)));
  });
}

function answer(question: Question, calibration: Calibration): Partial<Record<Quantity, Interval>> {
  const interval = intervalOf(question, calibration);
  const [first] = question.quantities;
  const inMs = (quantity: Quantity): boolean => quantity === 'tpot_ms';
  return Object.fromEntries(
    question.quantities.map((quantity) => [
      quantity,
      inMs(quantity) === inMs(first!) ? interval : invert(interval, 1000),
    ]),
  );
}

/** In the unit of the question's first quantity. */
export function intervalOf(question: Question, calibration: Calibration): Interval {
  const { mean, sd, multipliers } = calibration.correct(question);
  return logInterval(question.value * Math.exp(mean), question.noise, sd, multipliers);
}
