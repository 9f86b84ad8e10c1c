/** Divides a range of values into buckets, ascending. The counters belong to the caller. */
export interface LogLayout {
  /** Counters a row needs. */
  readonly buckets: number;
  /** The bucket of a value, always in range: NaN and small values count in the first bucket, large ones in the last. */
  index(value: number): number;
  /** The least value of bucket `i`. */
  lower(i: number): number;
  /** Where bucket `i` ends; the next begins there. */
  upper(i: number): number;
  /**
   * The value that represents bucket `i`: 0 for the bucket of 0, otherwise 2ab/(a + b) of its ends, so that the relative
   * error is at most `precision` (Masson, Rim & Lee, "DDSketch", VLDB 2019).
   */
  middle(i: number): number;
}

export interface LogLayoutOptions {
  /** The smallest magnitude distinguished from 0; greater than 0. Everything below shares a bucket with 0. */
  readonly min: number;
  /** The largest magnitude with the promised precision; larger ones count in the last bucket. */
  readonly max: number;
  /** Maximum relative error of {@link LogLayout.middle}, such as 0.06; between 1e-4 and 0.34. */
  readonly precision: number;
}

/** Bits of a double's upper word below its exponent. */
const MANTISSA_BITS = 20;
const HIGH_WORD = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * A log-linear layout for values ≥ 0: every power of two is divided into 2ᵏ equal buckets, as in HdrHistogram
 * (Tene, 2012). The bucket of a double is then its exponent and the first k bits of its mantissa, read from its
 * bits with one shift: no logarithm, no allocation, no division, because this runs for every request.
 *
 * Bucket 0 holds what is below `min` (rounded down to where a bucket begins). A `precision` of 0.06 takes 8
 * buckets an octave, 0.031 takes 16.
 * @throws RangeError when the range or the precision is not usable.
 */
export function createLogLayout({ min, max, precision }: LogLayoutOptions): LogLayout {
  if (!(min >= Number.MIN_VALUE * 2 ** 52 && max > min && max < 2 ** 1023)) {
    throw new RangeError(`A log layout needs 0 < min < max < 2^1023, got ${min} and ${max}`);
  }
  if (!(precision >= 1e-4 && precision <= 0.34)) {
    throw new RangeError(`A log layout needs a precision between 0.0001 and 0.34, got ${precision}`);
  }
  // The lowest bucket of an octave is relatively the widest, 2⁻ᵏ at 1; its middle is then off by 2⁻ᵏ/(2 + 2⁻ᵏ).
  const bits = Math.max(Math.ceil(Math.log2((1 - precision) / (2 * precision))), 0);
  const shift = MANTISSA_BITS - bits;
  const double = new Float64Array(1);
  const words = new Uint32Array(double.buffer);
  const code = (value: number): number => {
    double[0] = value;
    return words[HIGH_WORD]! >>> shift;
  };
  const first = code(min) - 1;
  const last = code(max) - first;
  const lower = (i: number): number => {
    if (!(i > 0)) return 0;
    words[1 - HIGH_WORD] = 0;
    words[HIGH_WORD] = (Math.min(i, last + 1) + first) << shift;
    return double[0]!;
  };
  const least = lower(1);
  return {
    buckets: last + 1,
    index(value) {
      if (!(value >= least)) return 0;
      double[0] = value;
      const i = (words[HIGH_WORD]! >>> shift) - first;
      return i < last ? i : last;
    },
    lower,
    upper: (i) => lower(i + 1),
    middle(i) {
      const [from, to] = [lower(i), lower(i + 1)];
      return 2 * from * (to / (from + to));
    },
  };
}

/**
 * The same for values of either sign: buckets of −max … −min, one for everything nearer to 0 than `min`, and
 * min … max. For differences such as heap deltas.
 * @throws RangeError as {@link createLogLayout} does.
 */
export function createSignedLogLayout(options: LogLayoutOptions): LogLayout {
  const positive = createLogLayout(options);
  const zero = positive.buckets - 1;
  const lower = (i: number): number => (i > zero ? positive.lower(i - zero) : -positive.upper(zero - i));
  const upper = (i: number): number => (i >= zero ? positive.upper(i - zero) : -positive.lower(zero - i));
  return {
    buckets: 2 * zero + 1,
    index: (value) => (value < 0 ? zero - positive.index(-value) : zero + positive.index(value)),
    lower,
    upper,
    middle: (i) => (i < zero ? -positive.middle(zero - i) : positive.middle(i - zero)),
  };
}

/** How many values the row of counters that begins at `offset` holds. */
export function totalCount(layout: LogLayout, counts: Uint32Array, offset: number): number {
  let total = 0;
  for (let i = 0; i < layout.buckets; i++) total += counts[offset + i] ?? 0;
  return total;
}

/**
 * The quantile at `q` (0 to 1, clamped) of the row of counters that begins at `offset`: the middle of the bucket
 * that holds the ⌈q·n⌉-th value; `NaN` when the row is empty or q is.
 */
export function quantileFromCounts(
  layout: LogLayout,
  counts: Uint32Array,
  offset: number,
  q: number,
): number {
  const total = totalCount(layout, counts, offset);
  if (total === 0 || Number.isNaN(q)) return NaN;
  const rank = Math.max(Math.ceil(Math.min(Math.max(q, 0), 1) * total), 1);
  let seen = 0;
  let i = 0;
  while (i < layout.buckets - 1) {
    seen += counts[offset + i] ?? 0;
    if (seen >= rank) break;
    i++;
  }
  return layout.middle(i);
}
