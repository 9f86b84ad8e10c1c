declare const slotBrand: unique symbol;

/** The position of a row in the columns of a ring. An *ordinal* counts rows from the oldest, 0 first. */
export type Slot = number & { readonly [slotBrand]: true };

/**
 * A fixed number of rows in columns, the newest overwriting the oldest: the start of each row's step, and the minimum,
 * maximum and last value of each series in that step. `NaN` means that nothing was read.
 *
 * The columns are doubles: bytes are exact integers to 2⁵³, where single floats lose them above 16 MiB. They are
 * not filled in advance, so the system commits their pages only as rows arrive. `file` allocates nothing.
 */
export class Ring {
  readonly bytes: number;
  /** Rows held, at most `capacity`. */
  size = 0;
  /** True once a row has been overwritten: anything older than the oldest row is lost. */
  overwritten = false;
  readonly #time: Float64Array;
  readonly #min: Float64Array;
  readonly #max: Float64Array;
  readonly #last: Float64Array;
  #next = 0;

  constructor(
    readonly stepMs: number,
    readonly capacity: number,
    readonly seriesCount: number,
  ) {
    const cells = capacity * seriesCount;
    this.#time = new Float64Array(capacity);
    this.#min = new Float64Array(cells);
    this.#max = new Float64Array(cells);
    this.#last = new Float64Array(cells);
    this.bytes = this.#time.byteLength + 3 * this.#min.byteLength;
  }

  slot(ordinal: number): Slot {
    const from = this.#next - this.size + ordinal;
    return (from < 0 ? from + this.capacity : from) as Slot;
  }

  /** The start of a row's step, epoch milliseconds. */
  time(slot: Slot): number {
    return this.#time[slot]!;
  }

  min(series: number, slot: Slot): number {
    return this.#min[series * this.capacity + slot]!;
  }

  max(series: number, slot: Slot): number {
    return this.#max[series * this.capacity + slot]!;
  }

  last(series: number, slot: Slot): number {
    return this.#last[series * this.capacity + slot]!;
  }

  /** The start of the oldest and the newest row's step; `NaN` if there is none. */
  get oldest(): number {
    return this.size === 0 ? NaN : this.time(this.slot(0));
  }

  get newest(): number {
    return this.size === 0 ? NaN : this.time(this.slot(this.size - 1));
  }

  /**
   * Adds one reading to the step that began at `time`: to the newest row if that is its step, otherwise as a new row. `time` must not be before the newest row. A value that is missing or not finite is absent.
   */
  file(time: number, values: ArrayLike<number>): void {
    const isNew = this.size === 0 || time !== this.newest;
    if (isNew) this.#append(time);
    const slot = this.slot(this.size - 1);
    for (let series = 0; series < this.seriesCount; series++) {
      const cell = series * this.capacity + slot;
      const value = values[series];
      if (value === undefined || !Number.isFinite(value)) {
        if (isNew) this.#min[cell] = this.#max[cell] = this.#last[cell] = NaN;
        continue;
      }
      // Negated, so that a NaN in the cell is replaced.
      if (isNew || !(this.#min[cell]! <= value)) this.#min[cell] = value;
      if (isNew || !(this.#max[cell]! >= value)) this.#max[cell] = value;
      this.#last[cell] = value;
    }
  }

  #append(time: number): void {
    if (this.size === this.capacity) this.overwritten = true;
    else this.size++;
    this.#time[this.#next] = time;
    this.#next = this.#next + 1 === this.capacity ? 0 : this.#next + 1;
  }

  /**
   * Relabels rows after the clock was set back, so that the newest row begins at `time`: rows move earlier together
   * and keep their distances, up to the first gap that is wide enough to take up the move. Older rows stay.
   */
  moveBack(time: number): void {
    const shift = this.newest - time;
    if (!(shift > 0)) return;
    let following = Infinity;
    for (let ordinal = this.size - 1; ordinal >= 0; ordinal--) {
      const slot = this.slot(ordinal);
      if (this.time(slot) < following && following !== Infinity) return;
      following = this.time(slot) - shift;
      this.#time[slot] = following;
    }
  }
}
