// Every constant at its median for tests of the formulas alone: the calibrated factors on step times are 1.
import { findConstant } from '../catalogue.ts';
import { STEP } from './site.ts';

const CALIBRATED: readonly string[] = Object.values(STEP);

export const atMedians = (id: string): number => (CALIBRATED.includes(id) ? 1 : findConstant(id).value);
