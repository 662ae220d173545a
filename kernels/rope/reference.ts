// Rotary position embedding in f64 at single elements, and its tables. Knows no shader.

export interface RopeShape {
  readonly batch: number;
  readonly seq: number;
  readonly heads: number;
  readonly dim: number;
  /** Columns turned: the first of a head. */
  readonly rotary: number;
  readonly pairs: 'halves' | 'interleaved';
  readonly layout: 'heads' | 'positions';
  /** Rows of the tables. */
  readonly table: number;
}

interface RopeInputs {
  readonly x: ArrayLike<number>;
  readonly positions: ArrayLike<number>;
  readonly cosine: ArrayLike<number>;
  readonly sine: ArrayLike<number>;
}

/** f(angle) for every row and pair, [row][rotary/2], rounded to f32. */
export function angleTable(
  f: (angle: number) => number,
  { table, rotary, theta }: { readonly table: number; readonly rotary: number; readonly theta: number },
): Float32Array<ArrayBuffer> {
  const half = rotary / 2;
  const frequencies = Float64Array.from({ length: half }, (_, i) => theta ** ((-2 * i) / rotary));
  return Float32Array.from({ length: table * half }, (_, i) => f(Math.floor(i / half) * frequencies[i % half]!));
}

/** y at the given indices, in f64, from the f32 tables. */
export function referenceRope(
  { x, positions, cosine, sine }: RopeInputs,
  { seq, heads, dim, rotary, pairs, layout }: Omit<RopeShape, 'batch' | 'table'>,
  indices: Uint32Array,
): Float64Array {
  const half = rotary / 2;
  return Float64Array.from(indices, (index) => {
    const [row, column] = [Math.floor(index / dim), index % dim];
    if (column >= rotary) return x[index]!;
    const position = (layout === 'heads' ? row : Math.floor(row / heads)) % seq;
    const at = positions[Math.floor(row / (heads * seq)) * seq + position]! * half;
    const [pair, isFirst] = pairs === 'halves' ? [column % half, column < half] : [column >> 1, column % 2 === 0];
    const reach = pairs === 'halves' ? half : 1;
    const partner = isFirst ? -x[index + reach]! : x[index - reach]!;
    return x[index]! * cosine[at + pair]! + partner * sine[at + pair]!;
  });
}
