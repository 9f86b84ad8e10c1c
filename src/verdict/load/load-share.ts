import { leastSquares, residualSquares } from '../../statistics/least-squares.js';
import { partialResiduals, squaresOf } from '../../statistics/partial-residuals.js';
import type { FloorPoint } from '../floors/floor-series.js';
import { loadsOf, type Load } from './loads.js';
import { floorOf } from '../floors/floor.js';

/** The load's part of a floor, where load and growth explain it together. */
export type LoadShare =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'some';
      readonly measure: Load['measure'];
      /** The floors as they would be at the lowest load. */
      readonly rest: readonly FloorPoint[];
      /** Whether the rest rises by more than an error in the share could explain. */
      readonly restRises: boolean;
    }
  /** The load rose together with the floor, so that its share cannot be told from growth. */
  | { readonly kind: 'unknown'; readonly measure: Load['measure'] };

/** Fewer floors than this determine no plane. */
const LEAST_POINTS = 8;
/** Standard errors by which a slope of the plane has to differ from zero: both are tested at every floor. */
const SURE_ERRORS = 5;
/** Standard errors of growth at equal load from which growth and load can be told apart. */
const TELLING_ERRORS = 3;
/** Measures that are counted at the moment of the floor and may hold memory themselves. */
const COUNTED: ReadonlySet<Load['measure']> = new Set(['open connections', 'requests in flight']);
/** Two lines that leave squares within this factor explain equally well. */
const TIE = 1.2;

/** A line through the residuals of two quantities after a third. */
interface Partial {
  readonly slope: number;
  /** Slope over its standard error. */
  readonly errors: number;
  readonly residualSquares: number;
}

interface Plane {
  readonly load: Load;
  /** Slope over the load, at equal time or requests. */
  readonly byLoad: Partial;
  /** Slope over time or requests, at equal load. */
  readonly beside: Partial;
}

/**
 * Splits a floor between load and growth over time, or over requests, whichever leaves less. Each slope of the plane is
 * that of a line through the residuals of the other axis (Frisch and Waugh, "Partial Time Regressions as Compared with
 * Individual Trends", Econometrica 1, 1933). The load has to explain what even a curved growth does not: connections that
 * came at the start resemble the slowing of a cache that fills.
 */
export function loadShareOf(
  points: readonly FloorPoint[],
  signal: 'heap-floor' | 'external-floor',
  materialBytes: number,
): LoadShare {
  if (points.length < LEAST_POINTS) return { kind: 'none' };
  const floors = points.map((point) => floorOf(point, signal));
  const axes = [points.map(({ monotonicMs }) => monotonicMs), points.map(({ requests }) => requests)];
  const loads = loadsOf(points);
  const planes = loads.flatMap((load) => axes.flatMap((axis) => planeOf(load, axis, floors) ?? []));
  const best = planes
    .filter(({ load }) => load.explains)
    .toSorted((a, b) => a.byLoad.residualSquares - b.byLoad.residualSquares)[0];
  if (best !== undefined && best.byLoad.errors >= SURE_ERRORS) {
    const { load, byLoad, beside } = best;
    if (byLoad.slope * (load.to - load.from) >= materialBytes) {
      const rest = points.map((point, i) =>
        less(point, signal, byLoad.slope * (load.values[i]! - load.from)),
      );
      return { kind: 'some', measure: load.measure, rest, restRises: beside.errors >= SURE_ERRORS };
    }
  }
  const growthLeaves = Math.min(...axes.map((axis) => residualSquares(axis, floors)));
  const alike = loads.find((one) => {
    const line = leastSquares(one.values, floors);
    return (
      COUNTED.has(one.measure) &&
      line.kind === 'line' &&
      line.slope * (one.to - one.from) >= materialBytes &&
      line.residualSumOfSquares <= TIE * growthLeaves &&
      planes.every(({ load, beside }) => load !== one || beside.errors < TELLING_ERRORS)
    );
  });
  return alike === undefined ? { kind: 'none' } : { kind: 'unknown', measure: alike.measure };
}

function planeOf(load: Load, axis: readonly number[], floors: readonly number[]): Plane | undefined {
  const byLoad = partial(load.values, floors, [axis, squaresOf(axis)]);
  const beside = partial(axis, floors, [load.values]);
  return byLoad && beside && { load, byLoad, beside };
}

type Column = readonly number[];

function partial(x: Column, y: Column, given: readonly Column[]): Partial | undefined {
  const [ownX, ownY] = partialResiduals([x, y], given) as [Column, Column];
  if (!(spreadOf(ownX) > COLLINEAR * spreadOf(x))) return undefined;
  const line = leastSquares(ownX, ownY);
  if (line.kind !== 'line') return undefined;
  const { slope, residualSumOfSquares, totalSumOfSquares } = line;
  const explained = totalSumOfSquares - residualSumOfSquares;
  const degreesOfFreedom = x.length - given.length - 2;
  const errors = Math.sign(slope) * Math.sqrt((degreesOfFreedom * explained) / residualSumOfSquares);
  // 0 of 0 explained: no difference from zero.
  return { slope, errors: Number.isNaN(errors) ? 0 : errors, residualSquares: residualSumOfSquares };
}

/** Share of a column's squares; what the others leave below it is rounding. */
const COLLINEAR = 1e-9;

function spreadOf(values: Column): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
}

function less(point: FloorPoint, signal: 'heap-floor' | 'external-floor', bytes: number): FloorPoint {
  return signal === 'heap-floor'
    ? { ...point, heapBytes: point.heapBytes - bytes }
    : { ...point, externalBytes: point.externalBytes - bytes };
}
