import { finiteValues } from './finite.js';

/** The sizes of the groups of equal values that have more than one member. */
export function tieGroups(values: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(values).sort();
  const groups: number[] = [];
  let start = 0;
  for (let i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i] === sorted[start]) continue;
    if (i - start > 1) groups.push(i - start);
    start = i;
  }
  return groups;
}

const main = (t: number): number => t * (t - 1) * (2 * t + 5);
const pairs = (t: number): number => t * (t - 1);
const triples = (t: number): number => t * (t - 1) * (t - 2);

const sumOver = (groups: readonly number[], term: (t: number) => number): number =>
  groups.reduce((sum, size) => sum + term(size), 0);

/**
 * The variance of Kendall's S for `n` pairs without association, with ties in either variable.
 * Kendall, "Rank Correlation Methods", 4th ed. (1970), eq. 5.3 — with no ties n(n − 1)(2n + 5)/18.
 */
export function kendallVariance(n: number, tiesX: readonly number[], tiesY: readonly number[]): number {
  if (n < 2) return 0;
  let variance = (main(n) - sumOver(tiesX, main) - sumOver(tiesY, main)) / 18;
  variance += (sumOver(tiesX, pairs) * sumOver(tiesY, pairs)) / (2 * n * (n - 1));
  if (n > 2) variance += (sumOver(tiesX, triples) * sumOver(tiesY, triples)) / (9 * triples(n));
  return Math.max(variance, 0);
}

/**
 * Kendall's S of a series against its order: pairs that rise minus pairs that fall. O(n log n): falling pairs
 * are the inversions a merge sort meets (Knight, Journal of the American Statistical Association 61, 1966).
 */
export function kendallScore(y: ArrayLike<number>): number {
  const values = finiteValues(y);
  const n = values.length;
  const tied = sumOver(tieGroups(values), (t) => (t * (t - 1)) / 2);
  return (n * (n - 1)) / 2 - tied - 2 * countInversions(values);
}

/**
 * The exact two-sided probability of |S| ≥ |`score`| for `n` different values in random order, from the number of
 * permutations with each number of inversions (Kendall 1970, §5.4). For small n: counts are exact up to n = 18.
 */
export function kendallExactP(n: number, score: number): number {
  let counts = [1];
  for (let size = 2; size <= n; size++) {
    const longer = Array.from({ length: counts.length + size - 1 }, () => 0);
    for (const [inversions, count] of counts.entries()) {
      for (let more = 0; more < size; more++) longer[inversions + more]! += count;
    }
    counts = longer;
  }
  const fewest = (counts.length - 1 - Math.abs(score)) / 2;
  const tail = counts.slice(0, fewest + 1).reduce((sum, count) => sum + count, 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  return Math.min((2 * tail) / all, 1);
}

/** Sorts `values` in place, bottom up, and counts the pairs that stood in strictly falling order. */
function countInversions(values: Float64Array): number {
  let source: Float64Array = values;
  let target: Float64Array = new Float64Array(values.length);
  let inversions = 0;
  for (let width = 1; width < values.length; width *= 2) {
    for (let start = 0; start < values.length; start += 2 * width) {
      inversions += merge(source, target, start, width);
    }
    [source, target] = [target, source];
  }
  return inversions;
}

function merge(source: Float64Array, target: Float64Array, start: number, width: number): number {
  const middle = Math.min(start + width, source.length);
  const end = Math.min(start + 2 * width, source.length);
  let left = start;
  let right = middle;
  let inversions = 0;
  for (let i = start; i < end; i++) {
    if (left < middle && (right === end || source[left]! <= source[right]!)) {
      target[i] = source[left++]!;
    } else {
      inversions += middle - left;
      target[i] = source[right++]!;
    }
  }
  return inversions;
}
