import { normalQuantile } from './normal-quantile.js';

const LANCZOS = [
  676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
] as const;

/** ln Γ(x) for x > 0. Lanczos, SIAM Journal on Numerical Analysis 1 (1964), with g = 7 and nine terms: about 1e-15. */
export function logGamma(x: number): number {
  let sum = 0.9999999999998099;
  for (const [i, coefficient] of LANCZOS.entries()) sum += coefficient / (x + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

const EPSILON = 1e-16;
/** Terms needed grow with √shape; this is past what {@link EXACT_SHAPE} asks for. */
const MAX_TERMS = 20_000;

/** The regularised lower incomplete gamma function P(shape, x), for shape > 0. */
export function lowerGamma(shape: number, x: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? NaN : 0;
  return x < shape + 1 ? lowerSeries(shape, x) : 1 - upperFraction(shape, x);
}

/** The regularised upper incomplete gamma function Q(shape, x) = 1 − P(shape, x), without cancellation in the tail. */
export function upperGamma(shape: number, x: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? NaN : 1;
  return x < shape + 1 ? 1 - lowerSeries(shape, x) : upperFraction(shape, x);
}

/** Abramowitz & Stegun 6.5.29. */
function lowerSeries(shape: number, x: number): number {
  let term = 1 / shape;
  let sum = term;
  for (let n = 1; n < MAX_TERMS && term > sum * EPSILON; n++) {
    term *= x / (shape + n);
    sum += term;
  }
  return sum * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

/** Abramowitz & Stegun 6.5.31 by Lentz's method (Press et al., Numerical Recipes, §6.2). */
function upperFraction(shape: number, x: number): number {
  if (x === Infinity) return 0;
  let b = x + 1 - shape;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let n = 1; n < MAX_TERMS; n++) {
    const a = -n * (n - shape);
    b += 2;
    d = 1 / (a * d + b);
    c = b + a / c;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < EPSILON * 10) break;
  }
  return fraction * Math.exp(shape * Math.log(x) - x - logGamma(shape));
}

/** Above this shape the starting value alone is right to nine digits, and refining it would cost √shape terms a step. */
const EXACT_SHAPE = 1e5;

/**
 * The quantile of the gamma distribution with that shape and scale 1: the x with P(shape, x) = `p`.
 * 0 at p ≤ 0, ∞ at p ≥ 1, `NaN` for `NaN`.
 *
 * Starts from the cube-root normal of Wilson & Hilferty (PNAS 17, 1931) and refines it by Newton steps kept
 * inside a bracket.
 */
export function gammaQuantile(shape: number, p: number): number {
  if (Number.isNaN(p) || !(shape > 0)) return NaN;
  if (p <= 0) return 0;
  if (p >= 1) return Infinity;
  const start = wilsonHilferty(shape, p);
  return shape > EXACT_SHAPE ? start : refine(shape, p, start);
}

function wilsonHilferty(shape: number, p: number): number {
  const root = 1 - 1 / (9 * shape) + normalQuantile(p) / (3 * Math.sqrt(shape));
  // Where the cube root goes wrong (small shape, small p) the leading term of the series is the better start.
  if (root <= 0.1) return Math.exp((Math.log(p) + logGamma(shape + 1)) / shape);
  return shape * root ** 3;
}

function refine(shape: number, p: number, start: number): number {
  const logNorm = logGamma(shape);
  let low = 0;
  let high = Infinity;
  let x = start;
  for (let step = 0; step < 100; step++) {
    const excess = lowerGamma(shape, x) - p;
    if (excess > 0) high = x;
    else low = x;
    const density = Math.exp((shape - 1) * Math.log(x) - x - logNorm);
    let next = x - excess / density;
    if (!(next > low && next < high)) next = high === Infinity ? x * 2 : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-14 * x) return next;
    x = next;
  }
  return x;
}

/** P(Z > z) for a standard normal Z, through the incomplete gamma function, so that far tails keep their digits. */
export function normalUpperTail(z: number): number {
  const tail = upperGamma(0.5, (z * z) / 2) / 2;
  return z >= 0 ? tail : 1 - tail;
}
