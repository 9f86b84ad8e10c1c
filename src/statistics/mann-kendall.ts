import { finiteValues, type Insufficient } from './finite.js';
import { kendallExactP, kendallScore, kendallVariance, tieGroups } from './kendall.js';
import { normalUpperTail } from './gamma.js';
import { effectiveSampleSize } from './serial-correlation.js';
import { theilSen } from './theil-sen.js';

export interface MannKendallOptions {
  /** What to do about serial correlation; default `none`, which takes the values for independent. */
  readonly correction?: 'none' | 'yue-wang';
  /** Residuals after the trend; default: about the Theil–Sen line over the order. */
  readonly residuals?: ArrayLike<number>;
}

export interface MannKendallTrend {
  readonly kind: 'trend';
  /** Pairs that rise minus pairs that fall. */
  readonly s: number;
  /** Of S under no trend, with ties and the correction. */
  readonly variance: number;
  /** n/n*: by how much the correction inflated the variance; 1 without. */
  readonly varianceFactor: number;
  /** Continuity-corrected. Its sign is the direction. */
  readonly z: number;
  /** Two-sided; exact, not from `z`, for ten values or fewer without ties and without a correction that matters. */
  readonly p: number;
  readonly n: number;
}

const MIN_VALUES = 3;
/** Up to this count the exact distribution of S is used; the normal one is good from ten on (Kendall 1970). */
const EXACT_VALUES = 10;

/**
 * Whether `y` rises or falls monotonically in its order, whatever the shape.
 *
 * Mann, Econometrica 13 (1945); Kendall, "Rank Correlation Methods" (1970) for the variance with ties.
 * Non-finite values are left out. O(n log n); `insufficient` under three values.
 *
 * The correction multiplies the variance by n/n*, from the lag-one autocorrelation of the residuals, taken for AR(1):
 * Yue & Wang, "The Mann-Kendall Test Modified by Effective Sample Size", Water Resources Management 18 (2004). A factor
 * below 1 counts as 1, in departure from the paper: an oscillation is no evidence for a trend.
 */
export function mannKendall(
  y: ArrayLike<number>,
  options: MannKendallOptions = {},
): MannKendallTrend | Insufficient {
  const values = finiteValues(y);
  const n = values.length;
  if (n < MIN_VALUES) return { kind: 'insufficient', n };
  const s = kendallScore(values);
  const ties = tieGroups(values);
  const varianceFactor = factorOf(values, options);
  const variance = kendallVariance(n, [], ties) * varianceFactor;
  const z = s === 0 || variance === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance);
  const isExact = n <= EXACT_VALUES && ties.length === 0 && varianceFactor === 1;
  const p = isExact ? kendallExactP(n, s) : Math.min(2 * normalUpperTail(Math.abs(z)), 1);
  return { kind: 'trend', s, variance, varianceFactor, z, p, n };
}

function factorOf(values: Float64Array, { correction = 'none', residuals }: MannKendallOptions): number {
  if (correction === 'none') return 1;
  const size = effectiveSampleSize(residuals ?? withoutTrend(values));
  return size.kind === 'effective' ? size.n / size.effective : 1;
}

function withoutTrend(values: Float64Array): Float64Array {
  const order = Float64Array.from(values, (_, i) => i);
  const trend = theilSen(order, values);
  return trend.kind === 'slope' ? values.map((value, i) => value - trend.slope * i) : values;
}
