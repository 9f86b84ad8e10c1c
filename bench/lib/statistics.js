/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** The median distance from the median. @param {readonly number[]} values */
export function medianAbsoluteDeviation(values) {
  const centre = median(values);
  return median(values.map((value) => Math.abs(value - centre)));
}

/**
 * A distribution-free interval for the median, between two of the values in order (David & Nagaraja, "Order
 * Statistics", 2003, §7.1). `coverage` is what the sample allows: at least 0.95, or all it can give when it is small.
 * @param {readonly number[]} values
 * @returns {{ low: number, high: number, coverage: number }}
 */
export function medianInterval(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const n = sorted.length;
  let depth = 0;
  let outside = 2 * 0.5 ** n;
  let term = 0.5 ** n;
  for (let k = 1; k < n / 2; k += 1) {
    term *= (n - k + 1) / k;
    if (outside + 2 * term > 0.05) break;
    outside += 2 * term;
    depth = k;
  }
  return {
    low: sorted[depth] ?? NaN,
    high: sorted[n - 1 - depth] ?? NaN,
    coverage: Math.max(1 - outside, 0),
  };
}
