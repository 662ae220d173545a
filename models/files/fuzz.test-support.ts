// What the fuzz tests share: seeded damage to the header of a file, and a watch over what readers allocate.
import { createRng } from '../../src/core/rng.ts';

export interface Damage {
  readonly kind: 'cut' | 'length' | 'nesting' | 'flip';
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A file, how many of its first bytes are header, and how its format makes a length enormous. */
export interface Fuzzed {
  readonly file: Uint8Array;
  readonly header: number;
  /** Makes one of the lengths in `bytes` larger than the file; `pick` draws a whole number below a limit. */
  readonly grow: (bytes: Uint8Array, pick: (limit: number) => number) => void;
}

/**
 * `count` damaged copies: cut at a random byte of the header; one of its lengths made enormous; a run of opening brackets or of
 * length prefixes written over it; or one to eight bits of it flipped. The last may hit what means nothing, such as a letter of
 * a name: then the file is whole.
 */
export function* damagedCopies({ file, header, grow }: Fuzzed, count: number, seed: number): Generator<Damage> {
  const rng = createRng(seed);
  const below = (limit: number): number => Math.floor(rng.uniform() * limit);
  for (let i = 0; i < count; i++) {
    const kind = (['cut', 'length', 'nesting', 'flip', 'flip'] as const)[below(5)]!;
    const bytes = Uint8Array.from(file);
    if (kind === 'cut') {
      yield { kind, bytes: bytes.slice(0, below(header)) };
    } else if (kind === 'length') {
      grow(bytes, below);
      yield { kind, bytes };
    } else if (kind === 'nesting') {
      const at = below(header >> 1);
      bytes.fill([0x5b, 0x7b, 0x3a, 0x0a][below(4)]!, at, header);
      yield { kind, bytes };
    } else {
      for (let flips = 1 + below(8); flips > 0; flips--) bytes[below(header)]! ^= 1 << below(8);
      yield { kind, bytes };
    }
  }
}

/** Places of a text's occurrences. */
export function placesOf(file: Uint8Array, text: string): number[] {
  const places: number[] = [];
  const whole = Buffer.from(file);
  for (let at = whole.indexOf(text); at >= 0; at = whole.indexOf(text, at + 1)) places.push(at);
  return places;
}

const WATCHED = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigUint64Array',
  'BigInt64Array',
  'Array',
] as const;

/** Runs `work` and tells the largest number of bytes that it asked a buffer or array constructor for at once. */
export async function largestAllocation(work: () => Promise<void>): Promise<number> {
  const originals = new Map<string, unknown>();
  const scope = globalThis as unknown as Record<string, unknown>;
  let largest = 0;
  for (const name of WATCHED) {
    const Original = scope[name] as (new (...args: unknown[]) => object) & { readonly BYTES_PER_ELEMENT?: number };
    originals.set(name, Original);
    scope[name] = new Proxy(Original, {
      construct: (target, args, newTarget) => {
        const [first] = args;
        const count = typeof first === 'number' ? first : ((first as { length?: number } | undefined)?.length ?? 0);
        // An element of an array is a pointer of eight bytes at most.
        largest = Math.max(largest, count * (name === 'Array' ? 8 : (Original.BYTES_PER_ELEMENT ?? 1)));
        return Reflect.construct(target, args, newTarget);
      },
    });
  }
  try {
    await work();
  } finally {
    for (const [name, original] of originals) scope[name] = original;
  }
  return largest;
}
