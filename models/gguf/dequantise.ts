// Numbers of GGUF's block types. Whatever our own int4 and int8 blocks can hold becomes them without a change: Q4_0, and
// Q8_0, Q5_0 and MXFP4 (its values times two are whole numbers). The others become f32, exactly the floats that ggml's own
// dequantisers give (gguf-py/gguf/quants.py): their products have at most 24 bits, and one subtraction rounds.
import { numberFromHalf } from '../../src/core/half.ts';
import { emptyWeights, type QuantisedWeights, type QuantType, setBlock } from '../../src/core/quantised.ts';
import type { TensorValues } from '../weight-source.ts';
import { GGML_TYPES, type GgmlTypeName } from './types.ts';

/** Unpacks one block that begins at `at`: whole numbers into `out`; the f16 bit pattern of their scale, null where f16 has none. */
type Unpack = (bytes: Uint8Array, at: number, out: Int8Array) => number | null;
/** Writes one block's numbers into `out` from index `to` on. */
type Expand = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

const half = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
const number = (bytes: Uint8Array, at: number): number => numberFromHalf(half(bytes, at));

/** Twice the values of an E2M1 float, by its four bits. */
const E2M1 = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/** Types our own blocks hold exactly. */
const WHOLE: Partial<Record<GgmlTypeName, { readonly as: QuantType; readonly unpack: Unpack }>> = {
  Q4_0: {
    as: 'int4',
    unpack: (bytes, at, out) => {
      for (let i = 0; i < 16; i++) {
        out[i] = (bytes[at + 2 + i]! & 15) - 8;
        out[i + 16] = (bytes[at + 2 + i]! >> 4) - 8;
      }
      return half(bytes, at);
    },
  },
  Q5_0: {
    as: 'int8',
    unpack: (bytes, at, out) => {
      for (let i = 0; i < 16; i++) {
        out[i] = ((bytes[at + 6 + i]! & 15) | fifthBit(bytes, at + 2, i)) - 16;
        out[i + 16] = ((bytes[at + 6 + i]! >> 4) | fifthBit(bytes, at + 2, i + 16)) - 16;
      }
      return half(bytes, at);
    },
  },
  Q8_0: {
    as: 'int8',
    unpack: (bytes, at, out) => {
      for (let i = 0; i < 32; i++) out[i] = (bytes[at + 2 + i]! << 24) >> 24;
      return half(bytes, at);
    },
  },
  MXFP4: {
    as: 'int8',
    unpack: (bytes, at, out) => {
      for (let i = 0; i < 16; i++) {
        out[i] = E2M1[bytes[at + 1 + i]! & 15]!;
        out[i + 16] = E2M1[bytes[at + 1 + i]! >> 4]!;
      }
      // The scale 2^(e − 127), halved for the doubled values. Smaller than 2^−14 f16 is subnormal, which a GPU may take for 0.
      const exponent = bytes[at]! - 128;
      return exponent >= -14 && exponent <= 15 ? (exponent + 15) << 10 : null;
    },
  },
};

/** Types that become f32. */
const EXPANDED: Partial<Record<GgmlTypeName, Expand>> = {
  MXFP4: (bytes, at, out, to) => {
    const scale = 2 ** (bytes[at]! - 128);
    for (let i = 0; i < 16; i++) {
      out[to + i] = E2M1[bytes[at + 1 + i]! & 15]! * scale;
      out[to + 16 + i] = E2M1[bytes[at + 1 + i]! >> 4]! * scale;
    }
  },
  Q4_1: (bytes, at, out, to) => {
    const [scale, least] = [number(bytes, at), number(bytes, at + 2)];
    for (let i = 0; i < 16; i++) {
      out[to + i] = scale * (bytes[at + 4 + i]! & 15) + least;
      out[to + 16 + i] = scale * (bytes[at + 4 + i]! >> 4) + least;
    }
  },
  Q5_1: (bytes, at, out, to) => {
    const [scale, least] = [number(bytes, at), number(bytes, at + 2)];
    for (let i = 0; i < 16; i++) {
      out[to + i] = scale * ((bytes[at + 8 + i]! & 15) | fifthBit(bytes, at + 4, i)) + least;
      out[to + 16 + i] = scale * ((bytes[at + 8 + i]! >> 4) | fifthBit(bytes, at + 4, i + 16)) + least;
    }
  },
  Q4_K: (bytes, at, out, to) => expandK(bytes, at, out, to, (i, upper) => nibble(bytes, at + 16, i, upper)),
  Q5_K: (bytes, at, out, to) =>
    expandK(bytes, at, out, to, (i, upper, group) => {
      const fifth = (bytes[at + 16 + (i & 31)]! >> group) & 1;
      return nibble(bytes, at + 48, i, upper) | (fifth << 4);
    }),
  Q6_K: (bytes, at, out, to) => {
    const scale = number(bytes, at + 208);
    for (let i = 0; i < 256; i++) {
      // Two halves of 128; in each, 32 bytes of upper bits hold four groups of 32, and 64 bytes of nibbles two by two.
      const [part, group, j] = [i >> 7, (i >> 5) & 3, i & 31];
      const low = bytes[at + 64 * part + 32 * (group & 1) + j]! >> (group < 2 ? 0 : 4);
      const high = bytes[at + 128 + 32 * part + j]! >> (2 * group);
      const quant = ((low & 15) | ((high & 3) << 4)) - 32;
      out[to + i] = scale * ((bytes[at + 192 + (i >> 4)]! << 24) >> 24) * quant;
    }
  },
};

function fifthBit(bytes: Uint8Array, at: number, index: number): number {
  return ((bytes[at + (index >> 3)]! >> (index & 7)) & 1) << 4;
}

/** Of value `i` of 256: groups of 64 share 32 bytes, the first 32 values in the low nibbles. */
function nibble(bytes: Uint8Array, at: number, i: number, upper: boolean): number {
  const byte = bytes[at + 32 * (i >> 6) + (i & 31)]!;
  return upper ? byte >> 4 : byte & 15;
}

/** Q4_K and Q5_K: eight groups of 32, each with a six-bit scale and a six-bit minimum, packed in twelve bytes. */
function expandK(
  bytes: Uint8Array,
  at: number,
  out: Float32Array,
  to: number,
  quant: (i: number, upper: boolean, group: number) => number,
): void {
  const [scale, least] = [number(bytes, at), number(bytes, at + 2)];
  const packed = (i: number): number => bytes[at + 4 + i]!;
  for (let group = 0; group < 8; group++) {
    const first = group < 4;
    const factor = first ? packed(group) & 63 : (packed(group + 4) & 15) | ((packed(group - 4) >> 6) << 4);
    const offset = first ? packed(group + 4) & 63 : (packed(group + 4) >> 4) | ((packed(group) >> 6) << 4);
    const [step, under] = [scale * factor, Math.fround(least * offset)];
    for (let i = 32 * group; i < 32 * group + 32; i++) {
      out[to + i] = Math.fround(step * quant(i, group % 2 === 1, group)) - under;
    }
  }
}

/** Types whose numbers we read. */
export const READABLE_TYPES: readonly string[] = [
  'F32',
  'F16',
  'BF16',
  ...new Set([...Object.keys(WHOLE), ...Object.keys(EXPANDED)]),
];

/** Numbers of `rows` rows of `k` values each, of a readable type; `bytes` begins at an offset of 0. */
export function readNumbers(type: GgmlTypeName, bytes: Uint8Array<ArrayBuffer>, rows: number, k: number): TensorValues {
  if (type === 'F32') return { type: 'f32', data: new Float32Array(bytes.buffer) };
  if (type === 'F16' || type === 'BF16') {
    return { type: type === 'F16' ? 'f16' : 'bf16', data: new Uint16Array(bytes.buffer) };
  }
  return readWhole(type, bytes, rows, k) ?? expand(type, bytes, rows, k);
}

function readWhole(type: GgmlTypeName, bytes: Uint8Array, rows: number, k: number): QuantisedWeights | null {
  const whole = WHOLE[type];
  if (!whole || k % 32 !== 0) return null;
  const made = emptyWeights(whole.as, rows, k);
  const values = new Int8Array(32);
  const size = GGML_TYPES[type].bytes;
  for (let block = 0; block < (rows * k) / 32; block++) {
    const scale = whole.unpack(bytes, block * size, values);
    if (scale === null) return null;
    setBlock(made, block, values, scale);
  }
  return made;
}

function expand(type: GgmlTypeName, bytes: Uint8Array, rows: number, k: number): TensorValues {
  const unpack = EXPANDED[type];
  if (!unpack) throw new Error(`${type} is not read`);
  const { block, bytes: size } = GGML_TYPES[type];
  const data = new Float32Array(rows * k);
  for (let i = 0; i < data.length / block; i++) unpack(bytes, i * size, data, i * block);
  return { type: 'f32', data };
}
