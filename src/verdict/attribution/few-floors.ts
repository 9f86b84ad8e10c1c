import { normalQuantile } from '../../statistics/normal-quantile.js';
import { studentQuantile } from '../../statistics/student-quantile.js';
import { deviationsOf, LEAST_NOISE, LEVEL } from './cause-selection.js';
import { gainOf, momentsOf, without, type Moments } from './column-moments.js';
import type { Columns } from './columns.js';
import type { Estimate } from '../verdict.js';

/** Fewer increments leave nothing to estimate the noise from. */
export const LEAST_INCREMENTS = 5;
/** Fewer cannot distinguish two causes from three. */
const PAIRED_INCREMENTS = 9;
/** Every cause is tested against this many rivals: those that explain most alone. */
const RIVALS = 8;

/** Causes that together explain the growth, each with those that could replace it. */
export interface Explanation {
  readonly members: readonly Member[];
}

export interface Member {
  readonly column: number;
  readonly perUnit: Estimate;
  /** Other columns that the increments do not rule out. */
  readonly others: readonly number[];
  /** Standard deviation of an increment about the fit of all members. */
  readonly noiseBytes: number;
}

/**
 * What a few increments can decide: whether one cause explains them, or two do, and which.
 *
 * A column is ruled out when one of its rivals adds significantly to it (the F test of nested models, at a level shared
 * among all columns). The remaining columns are a confidence set: a single true cause is in it with 95 %, however few the
 * increments, if their errors are independent and normal. To be the only one left, a column must also add to every pair of
 * others. If every column is ruled out there are two causes; each member of the best pair is tested against all others
 * beside its partner. If a third is needed, few increments decide nothing.
 *
 * Linear in the number of columns.
 */
export function explainFew(problem: Columns): Explanation {
  const moments = momentsOf(problem);
  const { rows } = moments;
  const none: Explanation = { members: [] };
  if (rows < LEAST_INCREMENTS) return none;
  const test: Test = {
    critical: normalQuantile(1 - LEVEL / 2 / problem.columns.length),
    least: LEAST_NOISE ** 2 * moments.total,
  };
  const single = remaining(moments, rows - 2, test);
  if (single[0] !== undefined) {
    const pairs = pairsWithout(moments, single[0], rows - 3, test);
    return { members: [memberOf(moments, [...single, ...pairs], rows - 1, test)] };
  }
  const pair = rows < PAIRED_INCREMENTS ? undefined : bestPair(moments);
  if (pair === undefined) return none;
  const members = pair.flatMap((column, i) => {
    const rest = without(moments, pair[1 - i]!);
    const left = remaining(rest, rows - 3, test, [column]);
    return left.includes(column) ? [memberOf(rest, [column, ...left], rows - 2, test)] : [];
  });
  return members.length === pair.length ? { members } : none;
}

interface Test {
  /** Standard deviations beyond which a gain is not chance. */
  readonly critical: number;
  /** The least sum of squares that counts as noise. */
  readonly least: number;
}

function isMore(
  gain: number,
  restSquares: number,
  degreesOfFreedom: number,
  { critical, least }: Test,
): boolean {
  const variance = Math.max(restSquares, least) / degreesOfFreedom;
  return deviationsOf(gain / variance, degreesOfFreedom) > critical;
}

/** Columns that explain anything, the best first. */
function ranked(moments: Moments): number[] {
  const gains = moments.squares.map((_, column) => gainOf(moments, column));
  return Array.from(gains.keys())
    .filter((column) => gains[column]! > 0)
    .toSorted((a, b) => gains[b]! - gains[a]!);
}

/** Columns that no rival rules out, the best first. */
function remaining(
  moments: Moments,
  degreesOfFreedom: number,
  test: Test,
  always: readonly number[] = [],
): number[] {
  const columns = ranked(moments);
  const rivals = [...new Set([...always, ...columns.slice(0, RIVALS)])];
  return columns.filter((column) => {
    const left = moments.total - gainOf(moments, column);
    return rivals.every((rival) => {
      const more = rival === column ? 0 : gainBeside(moments, rival, column);
      return !isMore(more, left - more, degreesOfFreedom, test);
    });
  });
}

/**
 * What `rival` explains beyond `column`. Where `column` would need a negative coefficient beside it, the difference of what
 * each explains alone.
 */
function gainBeside(moments: Moments, rival: number, column: number): number {
  const { squares, onRight } = moments;
  const along = moments.between(rival)[column]!;
  const rest = squares[rival]! - along ** 2 / squares[column]!;
  const product = onRight[rival]! - (along * onRight[column]!) / squares[column]!;
  if (!(rest > 1e-9 * squares[rival]!) || !(product > 0)) return 0;
  const helped = onRight[column]! * squares[rival]! > along * onRight[rival]!;
  if (helped) return product ** 2 / rest;
  return Math.max(0, gainOf(moments, rival) - gainOf(moments, column));
}

/** Whether `column` has a positive coefficient beside `other`: both members of a pair must raise the floor. */
function helps(moments: Moments, column: number, other: number): boolean {
  const along = moments.between(column)[other]!;
  return moments.onRight[column]! * moments.squares[other]! > along * moments.onRight[other]!;
}

/** Columns of the pairs to which `column` adds nothing significant. */
function pairsWithout(moments: Moments, column: number, degreesOfFreedom: number, test: Test): number[] {
  const others = new Set<number>();
  const firsts = ranked(moments).filter((first) => first !== column);
  for (const first of firsts.slice(0, RIVALS)) {
    const rest = without(moments, first);
    for (let second = 0; second < rest.squares.length; second += 1) {
      const gain = second === column ? 0 : gainOf(rest, second);
      if (gain === 0 || !helps(moments, first, second)) continue;
      const more = gainBeside(rest, column, second);
      if (isMore(more, rest.total - gain - more, degreesOfFreedom, test)) continue;
      others.add(first).add(second);
    }
  }
  return [...others];
}

function bestPair(moments: Moments): readonly [number, number] | undefined {
  let best: readonly [number, number] | undefined;
  let most = 0;
  for (const first of ranked(moments).slice(0, RIVALS)) {
    const rest = without(moments, first);
    for (let column = 0; column < rest.squares.length; column += 1) {
      const explained = gainOf(moments, first) + gainOf(rest, column);
      if (column === first || explained <= most || !helps(moments, first, column)) continue;
      most = explained;
      best = [first, column];
    }
  }
  return best;
}

function memberOf(
  moments: Moments,
  columns: readonly number[],
  degreesOfFreedom: number,
  { least }: Test,
): Member {
  const column = columns[0]!;
  const square = moments.squares[column]!;
  const value = moments.onRight[column]! / square;
  const noiseBytes = Math.sqrt(Math.max(least, moments.total - value ** 2 * square) / degreesOfFreedom);
  const half = (studentQuantile(1 - LEVEL / 2, degreesOfFreedom) * noiseBytes) / Math.sqrt(square);
  return {
    column,
    perUnit: { value, low: Math.max(0, value - half), high: value + half },
    others: [...new Set(columns)].filter((other) => other !== column),
    noiseBytes,
  };
}
