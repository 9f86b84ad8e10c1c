/** The `limit` items with the greatest score, greatest first; ties go to the earlier item. Keeps no more than that. */
export class Top<T> {
  readonly #limit: number;
  readonly #items: { readonly score: number; readonly item: T }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The score an item needs to be kept. */
  get threshold(): number {
    return this.#items.length < this.#limit ? -Infinity : this.#items.at(-1)!.score;
  }

  add(score: number, item: T): void {
    if (!(score > this.threshold)) return;
    let low = 0;
    let high = this.#items.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#items[middle]!.score >= score) low = middle + 1;
      else high = middle;
    }
    this.#items.splice(low, 0, { score, item });
    if (this.#items.length > this.#limit) this.#items.pop();
  }

  items(): readonly T[] {
    return this.#items.map(({ item }) => item);
  }
}
