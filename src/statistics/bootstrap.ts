import { quantileOfSorted } from './quantile.js';
import { createRandom } from './random.js';

export interface BootstrapOptions {
  /** Rows to draw from. */
  readonly n: number;
  /** Numbers the statistic writes. */
  readonly size: number;
  /** Computes the statistic of the rows drawn (as many as there are; repeats occur) into `out`. Keeps neither argument. */
  readonly statistic: (rows: Uint32Array, out: Float64Array) => void;
  /** Same seed, same intervals. */
  readonly seed: number;
  /** Neighbouring rows that stay together; default n^(1/3), rounded up. 1 takes the rows for independent. */
  readonly blockLength?: number;
  /** Default 200, at most 2000. */
  readonly replicates?: number;
  /** Default 0.95. */
  readonly confidence?: number;
}

export interface BootstrapIntervals {
  readonly kind: 'intervals';
  /** Percentiles of each component. */
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** Median of the replicates. */
  readonly middle: Float64Array;
  /** Finite replicates of the component that had fewest. */
  readonly replicates: number;
}

export interface BootstrapInsufficient {
  readonly kind: 'insufficient';
  readonly n: number;
  /** Finite replicates of the component that had fewest. */
  readonly replicates: number;
}

const MAX_REPLICATES = 2000;
/** Fewer say nothing about a 2.5 % tail. */
const MIN_REPLICATES = 20;
const MIN_ROWS = 4;

/**
 * Percentile intervals of a statistic from resampled rows. Blocks of neighbouring rows are drawn whole and the
 * rows are taken for a circle, so that serial correlation inside a block survives and every row is equally
 * likely: the circular block bootstrap of Politis & Romano (1992), percentile method of Efron (1979).
 *
 * `insufficient` under four rows or when fewer than 20 replicates of a component are finite.
 * Cost: `replicates` calls of the statistic; memory `replicates` × `size` numbers while it runs.
 */
export function blockBootstrap(options: BootstrapOptions): BootstrapIntervals | BootstrapInsufficient {
  const { size, statistic, seed, confidence = 0.95 } = options;
  const n = Math.floor(options.n);
  if (!(n >= MIN_ROWS) || !(size >= 1)) return { kind: 'insufficient', n, replicates: 0 };
  const block = Math.min(Math.max(Math.floor(options.blockLength ?? Math.ceil(Math.cbrt(n))) || 1, 1), n);
  const replicates = Math.min(
    Math.max(Math.floor(options.replicates ?? 200) || 0, MIN_REPLICATES),
    MAX_REPLICATES,
  );
  const random = createRandom(seed);
  const rows = new Uint32Array(n);
  const out = new Float64Array(size);
  const drawn = new Float64Array(size * replicates);
  for (let replicate = 0; replicate < replicates; replicate++) {
    drawBlocks(rows, block, random);
    out.fill(NaN);
    statistic(rows, out);
    for (let i = 0; i < size; i++) drawn[i * replicates + replicate] = out[i]!;
  }
  return percentiles(drawn, { n, size, replicates, confidence });
}

function drawBlocks(rows: Uint32Array, block: number, random: () => number): void {
  const n = rows.length;
  for (let filled = 0; filled < n; filled += block) {
    const start = Math.floor(random() * n);
    for (let i = filled; i < Math.min(filled + block, n); i++) rows[i] = (start + i - filled) % n;
  }
}

interface Shape {
  readonly n: number;
  readonly size: number;
  readonly replicates: number;
  readonly confidence: number;
}

function percentiles(
  drawn: Float64Array,
  { n, size, replicates, confidence }: Shape,
): BootstrapIntervals | BootstrapInsufficient {
  const [low, middle, high] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const tail = confidence >= 0 && confidence <= 1 ? (1 - confidence) / 2 : 0;
  let fewest = replicates;
  for (let i = 0; i < size; i++) {
    const sorted = drawn
      .subarray(i * replicates, (i + 1) * replicates)
      .filter(Number.isFinite)
      .sort();
    fewest = Math.min(fewest, sorted.length);
    low[i] = quantileOfSorted(sorted, tail);
    middle[i] = quantileOfSorted(sorted, 0.5);
    high[i] = quantileOfSorted(sorted, 1 - tail);
  }
  if (fewest < MIN_REPLICATES) return { kind: 'insufficient', n, replicates: fewest };
  return { kind: 'intervals', low, middle, high, replicates: fewest };
}
