// Compares the outputs of a model with expected ones by a mixed bound, |a − e| ≤ t·(scale + |e|), and says where they part.
// ONNX's own scale is 1; a network's outputs may all be small, so that theirs is the tensor's root mean square.
// Knows no runtime.
import type { ElementType } from '../../models/onnx/proto.ts';

export interface NamedValues {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly values: ArrayLike<number>;
}

export interface TensorComparison {
  readonly passed: boolean;
  readonly elements: number;
  /** Largest |a − e| / (scale + |e|); infinite where a value is not a number or shapes differ. */
  readonly largestError: number;
  /** In one line: what was compared, or the first fault. */
  readonly detail: string;
}

export interface Tolerances {
  /** t by element type; integers and booleans must be equal. */
  readonly of: (type: ElementType) => number;
  readonly scale: 'one' | 'rms';
}

/** The bounds ONNX's test data is compared with here: 1e-5 for f32 (and wider), 2e-3 for f16. */
export const conformanceTolerance: Tolerances = {
  of: (type) => (type === 'float16' ? 2e-3 : type === 'float32' || type === 'float64' ? 1e-5 : 0),
  scale: 'one',
};

/** Networks add their rounding errors up over layers: a hundred times the bound for one f32 operator, of the tensor's rms. */
export const networkTolerance: Tolerances = {
  of: (type) => (type === 'float16' ? 2e-2 : type === 'float32' || type === 'float64' ? 1e-3 : 0),
  scale: 'rms',
};

/** Every expected tensor against the actual one at its place. */
export function compareTensors(
  actual: readonly NamedValues[],
  expected: readonly NamedValues[],
  tolerance: Tolerances,
): TensorComparison {
  const parts = expected.map((tensor, i) => compareOne(actual[i], tensor, tolerance));
  const elements = parts.reduce((sum, part) => sum + part.elements, 0);
  const largestError = Math.max(0, ...parts.map((part) => part.largestError));
  const failing = parts.find((part) => !part.passed);
  const detail =
    failing?.detail ?? `${elements} values in ${parts.length} outputs, largest error ${short(largestError)}`;
  return { passed: !failing, elements, largestError, detail };
}

function compareOne(
  actual: NamedValues | undefined,
  expected: NamedValues,
  { of, scale: kind }: Tolerances,
): TensorComparison {
  const elements = expected.values.length;
  const different = (detail: string): TensorComparison => ({
    passed: false,
    elements,
    largestError: Number.POSITIVE_INFINITY,
    detail: `${expected.name || 'output'}: ${detail}`,
  });
  if (!actual) return different('missing');
  if (actual.type !== expected.type) return different(`is ${actual.type}, expected ${expected.type}`);
  if (actual.dims.join() !== expected.dims.join()) {
    return different(`has shape [${actual.dims}], expected [${expected.dims}]`);
  }
  const tolerance = of(expected.type);
  const scale = kind === 'one' ? 1 : rootMeanSquare(expected.values);
  let [largestError, worst] = [0, -1];
  for (let i = 0; i < elements; i++) {
    const error = relativeError(actual.values[i]!, expected.values[i]!, scale);
    if (error > largestError) [largestError, worst] = [error, i];
  }
  if (largestError <= tolerance) return { passed: true, elements, largestError, detail: '' };
  const pair = `${short(actual.values[worst]!)}, expected ${short(expected.values[worst]!)}`;
  const fault = `at [${indexIn(expected.dims, worst)}] ${pair}: error ${short(largestError)}`;
  return {
    ...different(`${fault}, allowed ${tolerance} × (${kind === 'one' ? '1' : `rms ${short(scale)}`} + |expected|)`),
    largestError,
  };
}

/** |a − e| / (scale + |e|); equal infinities and two NaNs are equal. */
function relativeError(actual: number, expected: number, scale: number): number {
  if (actual === expected || (Number.isNaN(actual) && Number.isNaN(expected))) return 0;
  const error = Math.abs(actual - expected) / (scale + Math.abs(expected));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** Of the finite values. */
function rootMeanSquare(values: ArrayLike<number>): number {
  const finite = Array.from(values).filter(Number.isFinite);
  return Math.sqrt(finite.reduce((sum, value) => sum + value * value, 0) / Math.max(1, finite.length));
}

function indexIn(dims: readonly number[], flat: number): string {
  let rest = flat;
  const index = dims.toReversed().map((dim) => {
    const at = rest % dim;
    rest = Math.floor(rest / dim);
    return at;
  });
  return index.reverse().join(', ');
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
