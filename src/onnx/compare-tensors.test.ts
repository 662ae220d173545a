import { describe, expect, it } from 'vitest';
import { compareTensors, conformanceTolerance, type NamedValues, networkTolerance } from './compare-tensors.ts';

const tensor = (values: number[], change: Partial<NamedValues> = {}): NamedValues => ({
  name: 'y',
  type: 'float32',
  dims: [values.length],
  values,
  ...change,
});
const compare = (actual: NamedValues[], expected: NamedValues[]) =>
  compareTensors(actual, expected, conformanceTolerance);

describe('compareTensors', () => {
  it('allows 1e-5·(1 + |e|) for f32 and 2e-3·(1 + |e|) for f16', () => {
    expect(compare([tensor([100.001])], [tensor([100])]).passed).toBe(true);
    expect(compare([tensor([100.0011])], [tensor([100])]).passed).toBe(false);
    const half = { type: 'float16' as const };
    expect(compare([tensor([1.0039], half)], [tensor([1], half)]).passed).toBe(true);
    expect(compare([tensor([1.0041], half)], [tensor([1], half)]).passed).toBe(false);
  });

  it('holds a network whose outputs are all small to their own size: zeros are no answer', () => {
    const expected = tensor(Array(1000).fill(0.001));
    const nearly = tensor(Array(1000).fill(0.0010005));
    expect(compareTensors([tensor(Array(1000).fill(0))], [expected], networkTolerance).passed).toBe(false);
    expect(compareTensors([nearly], [expected], networkTolerance).passed).toBe(true);
  });

  it('integers must be equal', () => {
    const int = { type: 'int32' as const };
    expect(compare([tensor([5], int)], [tensor([5], int)]).passed).toBe(true);
    expect(compare([tensor([6], int)], [tensor([5], int)]).passed).toBe(false);
  });

  it('shows the worst element with its place in the shape', () => {
    const expected = tensor([0, 0, 0, 0, 0, 0], { dims: [2, 3] });
    const { detail, largestError } = compare([{ ...expected, values: [0, 1e-4, 0, 0, 0, 0.5] }], [expected]);
    expect(detail).toBe('y: at [1, 2] 0.5, expected 0: error 0.5, allowed 0.00001 × (1 + |expected|)');
    expect(largestError).toBe(0.5);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('%d against a number fails', (value) => {
    expect(compare([tensor([value])], [tensor([1])]).passed).toBe(false);
  });

  it('equal infinities and NaNs pass', () => {
    const values = [Number.NaN, Number.NEGATIVE_INFINITY];
    expect(compare([tensor(values)], [tensor(values)]).passed).toBe(true);
  });

  it('another shape, type or a missing output fails with that reason', () => {
    expect(compare([tensor([1, 2], { dims: [1, 2] })], [tensor([1, 2])]).detail).toBe(
      'y: has shape [1,2], expected [2]',
    );
    expect(compare([tensor([1], { type: 'float16' })], [tensor([1])]).detail).toBe('y: is float16, expected float32');
    expect(compare([], [tensor([1])]).detail).toBe('y: missing');
  });
});
