// SentencePiece's BPE as llama.cpp runs it: characters merged pair by pair, the pair with the highest-scoring piece first,
// the leftmost among equals; what is no piece falls back to bytes. Own code because the library merges by rank, and a
// SentencePiece vocabulary has scores and no ranks.

export interface Pieces {
  /** Piece by id. */
  readonly pieces: readonly string[];
  readonly scores: ArrayLike<number>;
  /** What an unknown byte becomes where the vocabulary has no byte pieces. */
  readonly unknown: number;
  readonly addsSpace: boolean;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  /** Characters of both when the pair was found: it is stale when they have changed. */
  readonly length: number;
}

/** Encodes text without special tokens. */
export function sentencePieceEncoder({ pieces, scores, unknown, addsSpace }: Pieces): (text: string) => number[] {
  const ids = new Map(pieces.map((piece, id) => [piece, id]));
  const byteIds = Array.from({ length: 256 }, (_, byte) => {
    return ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`) ?? unknown;
  });
  return (text) => {
    if (text === '') return [];
    const spaced = (addsSpace ? ` ${text}` : text).replaceAll(' ', '\u2581');
    return merge(Array.from(spaced), (piece) => {
      const id = ids.get(piece);
      return id === undefined ? undefined : scores[id];
    }).flatMap((piece) => ids.get(piece) ?? Array.from(new TextEncoder().encode(piece), (byte) => byteIds[byte]!));
  };
}

/** Merges neighbours as long as a pair is a piece. An empty symbol has been merged into the one before it. */
function merge(symbols: string[], scoreOf: (piece: string) => number | undefined): string[] {
  const next = symbols.map((_, i) => i + 1);
  const previous = symbols.map((_, i) => i - 1);
  const queue = new PairQueue();
  const offer = (left: number, right: number): void => {
    if (left < 0 || right >= symbols.length) return;
    const piece = symbols[left]! + symbols[right]!;
    const score = scoreOf(piece);
    if (score !== undefined) queue.push({ left, right, score, length: piece.length });
  };
  for (let i = 1; i < symbols.length; i++) offer(i - 1, i);
  for (let pair = queue.pop(); pair; pair = queue.pop()) {
    const { left, right, length } = pair;
    if (symbols[left] === '' || symbols[right] === '' || symbols[left]!.length + symbols[right]!.length !== length)
      continue;
    symbols[left] += symbols[right]!;
    symbols[right] = '';
    next[left] = next[right]!;
    if (next[left]! < symbols.length) previous[next[left]!] = left;
    offer(previous[left]!, left);
    offer(left, next[left]!);
  }
  return symbols.filter((symbol) => symbol !== '');
}

/** A binary heap: the highest score first, of equals the leftmost. */
class PairQueue {
  private readonly heap: Pair[] = [];

  push(pair: Pair): void {
    this.heap.push(pair);
    let at = this.heap.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(this.heap[at]!, this.heap[parent]!)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  pop(): Pair | undefined {
    const top = this.heap[0];
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return top;
    this.heap[0] = last;
    for (let at = 0; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2];
      let first = at;
      if (left < this.heap.length && before(this.heap[left]!, this.heap[first]!)) first = left;
      if (right < this.heap.length && before(this.heap[right]!, this.heap[first]!)) first = right;
      if (first === at) return top;
      this.swap(at, first);
      at = first;
    }
  }

  private swap(a: number, b: number): void {
    [this.heap[a], this.heap[b]] = [this.heap[b]!, this.heap[a]!];
  }
}

function before(a: Pair, b: Pair): boolean {
  return a.score > b.score || (a.score === b.score && a.left < b.left);
}
