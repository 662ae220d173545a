// Damaged headers of GGUF and safetensors files, seeded: each is a UserError that names the file or, where the damage meant
// nothing, a whole file again; in no time, and never more memory asked for than the file has.
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { findDecoder } from '../decoders.ts';
import { openGguf } from '../gguf/header.ts';
import { ggufWeights } from '../gguf/weights.ts';
import { writeGguf } from '../gguf/writer.ts';
import { seededWeights } from '../onnx/seeded-weights.ts';
import { openSafetensors } from '../safetensors/reader.ts';
import { writeSafetensors } from '../safetensors/writer.ts';
import { tokenizerFromGguf } from '../tokenizer/tokenizer-gguf.ts';
import { type ByteSource, sourceOfBytes } from './byte-source.ts';
import { type Damage, damagedCopies, type Fuzzed, largestAllocation, placesOf } from './fuzz.test-support.ts';
import { joinedSource } from './joined.test-support.ts';

// Counts below are those of these very files and seeds: they change when a writer writes other bytes.
const decoder = { ...findDecoder('test-4x128'), layers: 1, hidden: 32, headDim: 8, vocab: 32, intermediate: 32 };
const source = seededWeights({ ...decoder, qkvBias: true }, 'f32', 3);
const tokenizer = [
  ['tokenizer.ggml.tokens', { strings: ['a', 'b', 'c'] }],
  ['tokenizer.ggml.scores', { float32s: [0, -1, -2] }],
] as const;
const gguf = await joinedSource('f', writeGguf(source, { type: 'same', contextLength: 64, tokenizer }));
const tensors = await joinedSource('f', writeSafetensors(source, 'same'));
const opened = { gguf: await openGguf(gguf), safetensors: await openSafetensors(tensors) };

interface Tally {
  readonly errors: Record<Damage['kind'], number>;
  readonly whole: Record<Damage['kind'], number>;
}

/** Opens every damaged copy; the counts of those refused and of those that are whole. */
async function fuzz(
  fuzzed: Fuzzed,
  count: number,
  seed: number,
  open: (source: ByteSource) => Promise<{ readonly tensors: readonly { offset: number; length: number }[] }>,
): Promise<Tally> {
  const none = { cut: 0, length: 0, nesting: 0, flip: 0 };
  const tally = { errors: { ...none }, whole: { ...none } };
  for (const { kind, bytes } of damagedCopies(fuzzed, count, seed)) {
    const damaged = sourceOfBytes('fuzzed', bytes);
    const started = performance.now();
    const largest = await largestAllocation(async () => {
      try {
        const { tensors: found } = await open(damaged);
        tally.whole[kind]++;
        for (const { offset, length } of found) expect(offset + length).toBeLessThanOrEqual(bytes.length);
      } catch (error) {
        if (!(error instanceof UserError) || !error.message.startsWith('fuzzed: ')) throw error;
        tally.errors[kind]++;
      }
    });
    expect(largest, kind).toBeLessThanOrEqual(bytes.length);
    // A reader takes a fraction of a millisecond; a loaded machine may stop for a while.
    expect(performance.now() - started, kind).toBeLessThan(2000);
  }
  return tally;
}

describe('damaged headers', () => {
  it('GGUF: 700, each an error, or whole where a flipped bit meant nothing', async () => {
    const file = await gguf.read(0, gguf.size);
    const header = Math.min(...opened.gguf.tensors.map(({ offset }) => offset)) - 32;
    // Counts of tensors and keys, and the lengths before each name; all 64 bits wide.
    const names = [...opened.gguf.metadata.keys(), ...opened.gguf.tensors.map(({ name }) => name)];
    const lengths = [8, 16, ...names.map((name) => placesOf(file, name)[0]! - 8)];
    const grow: Fuzzed['grow'] = (bytes, pick) => {
      const at = lengths[pick(lengths.length)]!;
      new DataView(bytes.buffer).setBigUint64(at, BigInt(bytes.length) << BigInt(pick(44)), true);
    };
    // Of a header that holds together, the shape and the tokenizer are read too; they may refuse it by name.
    const openAll = async (copy: ByteSource) => {
      const read = await openGguf(copy);
      for (const next of [() => ggufWeights(read), async () => tokenizerFromGguf(read)]) {
        await next().catch((error: unknown) => expect(error).toBeInstanceOf(UserError));
      }
      return read;
    };
    const { errors, whole } = await fuzz({ file, header, grow }, 700, 11, openAll);
    expect(errors).toEqual({ cut: 128, length: 154, nesting: 148, flip: 239 });
    expect(whole).toEqual({ cut: 0, length: 0, nesting: 0, flip: 31 });
  });

  it('safetensors: 700, likewise', async () => {
    const file = await tensors.read(0, tensors.size);
    const header = Math.min(...opened.safetensors.entries.map(({ offset }) => offset)) - 8;
    // The header's own length, or a digit of an offset: nines in the place of what comes after the bracket.
    const offsets = placesOf(file, '"data_offsets":[');
    const grow: Fuzzed['grow'] = (bytes, pick) => {
      const place = pick(offsets.length + 1);
      if (place === offsets.length)
        new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length) << BigInt(pick(44)), true);
      else bytes.fill(0x39, offsets[place]! + 16, offsets[place]! + 17 + pick(2));
    };
    const open = async (file: ByteSource) => ({ tensors: (await openSafetensors(file)).entries });
    const { errors, whole } = await fuzz({ file, header, grow }, 700, 12, open);
    expect(errors).toEqual({ cut: 134, length: 140, nesting: 145, flip: 263 });
    expect(whole).toEqual({ cut: 0, length: 0, nesting: 0, flip: 18 });
  });

  it('the watch sees a reader that believes a length', async () => {
    const largest = await largestAllocation(async () => {
      new Uint8Array(5000);
      Array.from({ length: 2000 }, () => 0);
    });
    expect(largest).toBe(16_000);
  });
});
