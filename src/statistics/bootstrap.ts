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
}

export interface BootstrapIntervals {
  readonly kind: 'intervals';
  /** Of each component, 95 %. */
  readonly low: Float64Array;
  readonly high: Float64Array;
}

export interface BootstrapInsufficient {
  readonly kind: 'insufficient';
  readonly n: number;
}

const REPLICATES = 200;
/** Fewer say nothing about a 2.5 % tail. */
const MIN_REPLICATES = 20;
const MIN_ROWS = 4;

/**
 * Percentile intervals of a statistic from resampled rows. Blocks of n^(1/3) neighbouring rows are drawn whole and the
 * rows are taken for a circle, so that serial correlation inside a block survives and every row is equally
 * likely: the circular block bootstrap of Politis & Romano (1992), percentile method of Efron (1979).
 *
 * `insufficient` under four rows or when fewer than 20 replicates of a component are finite.
 * Cost: 200 calls of the statistic; memory of 200 × `size` numbers while it runs.
 */
export function blockBootstrap(options: BootstrapOptions): BootstrapIntervals | BootstrapInsufficient {
  const { n, size, statistic, seed } = options;
  if (n < MIN_ROWS || size < 1) return { kind: 'insufficient', n };
  const random = createRandom(seed);
  const block = Math.ceil(Math.cbrt(n));
  const rows = new Uint32Array(n);
  const out = new Float64Array(size);
  const drawn = new Float64Array(size * REPLICATES);
  for (let replicate = 0; replicate < REPLICATES; replicate++) {
    drawBlocks(rows, block, random);
    out.fill(NaN);
    statistic(rows, out);
    for (let i = 0; i < size; i++) drawn[i * REPLICATES + replicate] = out[i]!;
  }
  return percentiles(drawn, n, size);
}

function drawBlocks(rows: Uint32Array, block: number, random: () => number): void {
  const n = rows.length;
  for (let filled = 0; filled < n; filled += block) {
    const start = Math.floor(random() * n);
    for (let i = filled; i < Math.min(filled + block, n); i++) rows[i] = (start + i - filled) % n;
  }
}

function percentiles(
  drawn: Float64Array,
  n: number,
  size: number,
): BootstrapIntervals | BootstrapInsufficient {
  const [low, high] = [new Float64Array(size), new Float64Array(size)];
  for (let i = 0; i < size; i++) {
    const sorted = drawn
      .subarray(i * REPLICATES, (i + 1) * REPLICATES)
      .filter(Number.isFinite)
      .sort();
    if (sorted.length < MIN_REPLICATES) return { kind: 'insufficient', n };
    low[i] = quantileOfSorted(sorted, 0.025);
    high[i] = quantileOfSorted(sorted, 0.975);
  }
  return { kind: 'intervals', low, high };
}
