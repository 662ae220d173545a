// IEEE f16 bit patterns to numbers and back. Knows nothing of what they are used for.

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** IEEE f16 bit pattern nearest to a number, ties to even; beyond ±65,504 infinity. */
export function halfFromNumber(value: number): number {
  float[0] = value;
  const word = bits[0]!;
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude >= 0x38800000) {
    const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000;
    return sign | (rounded >>> 13);
  }
  return sign | roundHalfEven(Math.abs(float[0]!) * 2 ** 24);
}

/** The number an f16 bit pattern stands for. */
export function numberFromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >>> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
