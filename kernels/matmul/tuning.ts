// Tuning points that several matmul variants share. Knows no shader.
import type { Params } from '../../src/core/case-id.ts';
import type { DeviceCaps } from '../family.ts';
import { isNativeHalf } from './operands.ts';
import type { Problem } from './problem.ts';

/** The other way to read f16 than the default: unpacking may beat a compiler's native f16, and costs nothing to try. */
export function halfPoints(problem: Problem, caps: DeviceCaps): Params[] {
  return isNativeHalf(problem, caps) ? [{ half: 'packed' }] : [];
}

/**
 * The points without what they share with the default, and without those that are then the default or said twice: how many
 * parameters a point names is how far the tuner takes it to be from the default.
 */
export function besides(problem: object, points: readonly Params[]): Params[] {
  const defaults = problem as Params;
  const bare = points.map((point) =>
    Object.fromEntries(Object.entries(point).filter(([name, value]) => defaults[name] !== value)),
  );
  const seen = new Set([JSON.stringify({})]);
  return bare.filter((point) => !seen.has(JSON.stringify(point)) && seen.add(JSON.stringify(point)));
}
