// Compares what a kernel wrote with its f64 reference, on all elements or, where that would take too long, on a sample.

import type { HostArray, OutputCheck } from '../../kernels/family.ts';
import type { VerificationOutcome } from '../bench/outcome.ts';
import { compareArrays } from '../core/array-diff.ts';
import { createRng, streamOf } from '../core/rng.ts';

/** Seconds the f64 references take in JavaScript: per floating-point operation, and per element besides. */
const FLOP_SECONDS = 5e-9;
const ELEMENT_SECONDS = 1e-7;
/** A sample never holds fewer elements than this (unless the output is smaller). */
const SMALLEST_SAMPLE = 512;

/**
 * Indices to check within `seconds`, ascending: all, or one row (of `rowLength` elements, else one element) at a seeded
 * place in each of equally long stretches, the first and the last row among them.
 */
export function chooseIndices(check: OutputCheck, seconds: number): Uint32Array {
  const { length, rowLength = 1 } = check;
  const affordable = Math.floor(seconds / (check.flopsPerElement * FLOP_SECONDS + ELEMENT_SECONDS));
  const wanted = Math.min(length, Math.max(affordable, SMALLEST_SAMPLE));
  if (wanted === length) return Uint32Array.from({ length }, (_, i) => i);
  const rows = chooseRows(
    Math.ceil(length / rowLength),
    Math.max(2, Math.ceil(wanted / rowLength)),
    streamOf(check.buffer),
  );
  return Uint32Array.from({ length: rows.length * rowLength }, (_, i) => {
    return rows[Math.floor(i / rowLength)]! * rowLength + (i % rowLength);
  });
}

/** `count` of `total`, one of each stretch, both ends included. */
function chooseRows(total: number, count: number, stream: number): Uint32Array {
  const rng = createRng(1, stream);
  const startOf = (i: number): number => Math.floor((i * total) / count);
  const pick = (i: number): number => startOf(i) + Math.floor(rng.uniform() * (startOf(i + 1) - startOf(i)));
  const rows = Uint32Array.from({ length: count }, (_, i) => pick(i));
  rows[0] = 0;
  rows[count - 1] = total - 1;
  return rows;
}

/** Verdict over all outputs of a case: the first that fails is the one described. */
export function verifyOutputs(
  checks: readonly OutputCheck[],
  inputs: Readonly<Record<string, HostArray>>,
  outputs: readonly { indices: Uint32Array; values: ArrayLike<number> }[],
): VerificationOutcome {
  const figures = { nmse: 0, maxAbsError: 0 };
  let [checked, total, detail] = [0, 0, undefined as string | undefined];
  checks.forEach((check, i) => {
    const { indices, values } = outputs[i]!;
    const comparison = compareArrays(values, check.reference(inputs, indices), indices, check.tolerance);
    checked += indices.length;
    total += check.length;
    figures.nmse = Math.max(figures.nmse, Math.min(comparison.nmse, Number.MAX_VALUE));
    figures.maxAbsError = Math.max(figures.maxAbsError, comparison.maxAbsError);
    if (!comparison.passed) detail ??= `${check.buffer}:\n${comparison.detail}`;
  });
  const bounds = checks.map((check) => check.tolerance.nmse);
  const rule = `NMSE ≤ ${Math.max(...bounds)} against f64 from the same inputs`;
  return { state: detail === undefined ? 'passed' : 'failed', rule, checked, total, figures, detail };
}
