// A binary heap of events by time; equal times leave in the order in which they came. Knows no event.

export class EventQueue<T> {
  readonly #keys: number[] = [];
  readonly #order: number[] = [];
  readonly #items: T[] = [];
  #pushed = 0;

  get size(): number {
    return this.#items.length;
  }

  /** Key of the first event; Infinity when there is none. */
  get firstKey(): number {
    return this.#keys[0] ?? Number.POSITIVE_INFINITY;
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  /** A key that is not a number would break the order silently, so it throws. */
  push(key: number, item: T): void {
    if (Number.isNaN(key)) throw new RangeError('event at NaN');
    let at = this.#items.length;
    this.#set(at, key, this.#pushed++, item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }

  pop(): T | undefined {
    const first = this.#items[0];
    const last = this.#items.length - 1;
    if (last < 0) return undefined;
    this.#swap(0, last);
    this.#keys.pop();
    this.#order.pop();
    this.#items.pop();
    this.#sink();
    return first;
  }

  #sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (left < this.#items.length && this.#before(left, least)) least = left;
      if (right < this.#items.length && this.#before(right, least)) least = right;
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  #before(a: number, b: number): boolean {
    const [x, y] = [this.#keys[a]!, this.#keys[b]!];
    return x < y || (x === y && this.#order[a]! < this.#order[b]!);
  }

  #swap(a: number, b: number): void {
    const [key, order, item] = [this.#keys[a]!, this.#order[a]!, this.#items[a]!];
    this.#set(a, this.#keys[b]!, this.#order[b]!, this.#items[b]!);
    this.#set(b, key, order, item);
  }

  #set(at: number, key: number, order: number, item: T): void {
    this.#keys[at] = key;
    this.#order[at] = order;
    this.#items[at] = item;
  }
}
