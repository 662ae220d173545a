// Tuning points that several matmul variants share. Knows no shader.
import type { Params } from '../../src/core/case-id.ts';
import type { DeviceCaps } from '../family.ts';
import { isNativeHalf } from './operands.ts';
import type { Problem } from './problem.ts';

/** The other way to read f16 than the default: unpacking may beat a compiler's native f16, and costs nothing to try. */
export function halfPoints(problem: Problem, caps: DeviceCaps): Params[] {
  return isNativeHalf(problem, caps) ? [{ half: 'packed' }] : [];
}
