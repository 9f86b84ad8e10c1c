/** The result of an estimator when `n` usable observations are too few. */
export interface Insufficient {
  readonly kind: 'insufficient';
  readonly n: number;
}

/** The finite values, in their order; a copy. */
export function finiteValues(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(values).filter((value) => Number.isFinite(value));
}

export interface Pairs {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** The pairs of finite values, in their order; the longer input is cut to the length of the shorter. */
export function finitePairs(x: ArrayLike<number>, y: ArrayLike<number>): Pairs {
  const length = Math.min(x.length, y.length);
  const keptX = new Float64Array(length);
  const keptY = new Float64Array(length);
  let kept = 0;
  for (let i = 0; i < length; i++) {
    if (!Number.isFinite(x[i]) || !Number.isFinite(y[i])) continue;
    keptX[kept] = x[i]!;
    keptY[kept] = y[i]!;
    kept++;
  }
  return { x: keptX.subarray(0, kept), y: keptY.subarray(0, kept) };
}
