// Compares an output with its reference and, when they differ, shows where as a small table. Knows no GPU.

export interface Comparison {
  readonly passed: boolean;
  /** Σ(a−e)² / Σe² over the compared elements; Infinity when a non-finite value stands against a finite one. */
  readonly nmse: number;
  readonly maxAbsError: number;
  /** Small table of the first faults; absent when passed. */
  readonly detail?: string;
}

export interface Bounds {
  readonly nmse: number;
  readonly absolute?: number;
}

const ROWS_SHOWN = 6;

/** Compares element by element; equal non-finite values count as equal. `indices[i]` is where the i-th pair stands in the output. */
export function compareArrays(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  indices: ArrayLike<number>,
  bounds: Bounds,
): Comparison {
  let [errorPower, signalPower, maxAbsError, broken] = [0, 0, 0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i]!, expected[i]!];
    if (Object.is(a, e) || (Number.isNaN(a) && Number.isNaN(e))) {
      if (Number.isFinite(e)) signalPower += e * e;
      continue;
    }
    const error = Math.abs(a - e);
    if (!Number.isFinite(error)) {
      broken++;
      continue;
    }
    errorPower += error * error;
    signalPower += e * e;
    maxAbsError = Math.max(maxAbsError, error);
  }
  const nmse = broken > 0 ? Infinity : errorPower === 0 ? 0 : errorPower / signalPower;
  const passed = nmse <= bounds.nmse && (bounds.absolute === undefined || maxAbsError <= bounds.absolute);
  if (passed) return { passed, nmse, maxAbsError };
  return { passed, nmse, maxAbsError, detail: faultTable(actual, expected, indices, bounds) };
}

function faultTable(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  indices: ArrayLike<number>,
  bounds: Bounds,
): string {
  const order = Array.from({ length: expected.length }, (_, i) => i);
  const fault = (i: number): number => {
    const error = Math.abs(actual[i]! - expected[i]!);
    return Object.is(actual[i], expected[i]) ? 0 : Number.isNaN(error) ? Infinity : error;
  };
  const worst = order
    .filter((i) => fault(i) > 0)
    .sort((i, j) => fault(j) - fault(i) || i - j)
    .slice(0, ROWS_SHOWN);
  const rows = worst.map((i) =>
    [String(indices[i]), actual[i]!.toPrecision(8), expected[i]!.toPrecision(8), fault(i).toExponential(2)]
      .map((cell) => cell.padStart(16))
      .join(''),
  );
  const head = ['index', 'actual', 'expected', '|difference|'].map((cell) => cell.padStart(16)).join('');
  const rule = `allowed: NMSE ≤ ${bounds.nmse}${bounds.absolute === undefined ? '' : `, |difference| ≤ ${bounds.absolute}`}`;
  return [head, ...rows, rule].join('\n');
}
