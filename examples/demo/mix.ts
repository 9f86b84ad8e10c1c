/** Weight of each kind of request before drift, in arbitrary units. */
const BASE_WEIGHTS = {
  search: 18,
  product: 24,
  category: 14,
  quote: 16,
  openCart: 7,
  addItem: 11,
  viewCart: 4,
  order: 4,
  lookUpOrder: 8,
  recommendations: 6,
  report: 0.6,
  missing: 1,
  abandoned: 0.6,
} as const;

export type Kind = keyof typeof BASE_WEIGHTS;

export const KINDS = Object.keys(BASE_WEIGHTS) as Kind[];

/** Fraction of a weight that varies. */
const DRIFT = 0.5;
/** Periods in whole seconds without a common divisor: no two kinds rise and fall together for long. */
const PERIODS_SECONDS = [61, 43, 37, 29, 31, 53, 47, 41, 59, 67, 71, 73, 79];

/**
 * The weight of a kind of request at a time in seconds since the traffic began.
 * Weights drift independently, because growth can be attributed to routes only if the mix of routes varies.
 */
export function weightAt(kind: Kind, seconds: number): number {
  const index = KINDS.indexOf(kind);
  const period = PERIODS_SECONDS[index % PERIODS_SECONDS.length] ?? 1;
  return BASE_WEIGHTS[kind] * (1 + DRIFT * Math.sin(2 * Math.PI * (seconds / period + index / KINDS.length)));
}

/** The kind at a point between 0 and 1 of the cumulative weights at that time. */
export function kindAt(point: number, seconds: number): Kind {
  const weights = KINDS.map((kind) => weightAt(kind, seconds));
  let rest = point * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => (rest -= weight) < 0);
  return KINDS[index] ?? 'product';
}

/** Requests per second at a time: the average rate with a gentle swell. */
export function rateAt(averageRate: number, seconds: number): number {
  return averageRate * (1 + 0.15 * Math.sin((2 * Math.PI * seconds) / 83));
}
