/** How often each kind of request is made, before drift; the numbers are shares of an arbitrary whole. */
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

/** Share of a weight that comes and goes. */
const DRIFT = 0.5;
/** Whole-second periods without a common divisor: no two kinds rise and fall together for long. */
const PERIODS_SECONDS = [61, 43, 37, 29, 31, 53, 47, 41, 59, 67, 71, 73, 79];

/**
 * The weight of a kind of request at a time, in seconds since the traffic began.
 * Weights drift independently, because growth can only be told apart by route if the mix of routes varies.
 */
export function weightAt(kind: Kind, seconds: number): number {
  const index = KINDS.indexOf(kind);
  const period = PERIODS_SECONDS[index % PERIODS_SECONDS.length] ?? 1;
  return BASE_WEIGHTS[kind] * (1 + DRIFT * Math.sin(2 * Math.PI * (seconds / period + index / KINDS.length)));
}

/** The kind that a point between 0 and 1 falls on when the weights at that time are laid end to end. */
export function kindAt(point: number, seconds: number): Kind {
  const weights = KINDS.map((kind) => weightAt(kind, seconds));
  let rest = point * weights.reduce((sum, weight) => sum + weight, 0);
  const index = weights.findIndex((weight) => (rest -= weight) < 0);
  return KINDS[index] ?? 'product';
}

/** Requests a second at a time: the average rate with a gentle swell. */
export function rateAt(averageRate: number, seconds: number): number {
  return averageRate * (1 + 0.15 * Math.sin((2 * Math.PI * seconds) / 83));
}
