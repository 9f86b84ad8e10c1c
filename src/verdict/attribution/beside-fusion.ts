import type { RouteGrowth } from '../../profile/growth.js';
import { byFloor, type FusedRoute } from './fused-route.js';
import type { RegressedRoute } from './regressed-route.js';
import type { NoRegression, RouteRegression } from './route-regression.js';
import type { StackEvidence } from './stack-attribution.js';
import type { Estimate } from '../verdict.js';

type Regression = RouteRegression | NoRegression | undefined;

export interface BesideInput {
  /** Of what was judged to rise. */
  readonly bytesPerSecond: Estimate;
  /** Of the span judged. */
  readonly seconds: number;
  readonly stacks: StackEvidence | undefined;
  /** Of what was judged to rise. */
  readonly regression: Regression;
  /** Of the other thing outside the heap: a stream of zlib's has buffers and native memory. */
  readonly other: Regression;
}

/** Of what surely grew. Fewer samples are stray; stubs are small, and leave few. */
const LEAST_SAMPLES = 3;
/** Of what was linked to routes, what one must have to be the one; stubs are no measure of what hangs on them. */
const DOMINANT_SHARE = 0.5;
/** What the other signal must have gained beside the judged one to be more than its noise. */
const LEAST_GAIN = 0.02;

/**
 * Routes behind growth outside the heap, of which the heap holds stubs at most. The floors decide, by either signal;
 * stacks choose among those that the floors cannot tell apart, and name the route only where the floors tell nothing.
 */
export function fuseBeside(input: BesideInput): FusedRoute[] {
  const { regression, other, stacks } = input;
  const dominant = stacks && dominantOf(stacks);
  const found = sureOf(regression);
  if (found.length > 0) return found.map((one) => singledOut(one, byFloor(one), dominant, input));
  const also = sureOf(other);
  const grownBytes = input.bytesPerSecond.value * input.seconds;
  if (
    also.reduce((sum, one) => sum + one.bytesPerRequest.value * one.requests, 0) >=
    LEAST_GAIN * grownBytes
  ) {
    return also.map((one) => singledOut(one, charged(byFloor(one), input), dominant, input));
  }
  const open = regression?.kind === 'regression' ? regression.routes : [];
  const isClock = regression?.kind === 'regression' && regression.clockShare > 1 - DOMINANT_SHARE;
  if (dominant === undefined || stacks === undefined) return open.map(byFloor);
  const isOpen = ({ route, collinearWith }: RegressedRoute): boolean =>
    [route, ...collinearWith].includes(dominant.route);
  if (isClock || (open.length > 0 && !open.some(isOpen))) return [];
  return [byStacks(dominant, stacks, input, 1)];
}

function sureOf(regression: Regression): readonly RegressedRoute[] {
  return regression?.kind === 'regression' ? regression.routes.filter(({ isSure }) => isSure) : [];
}

interface Dominant {
  readonly route: number;
  readonly share: number;
  readonly growth: RouteGrowth;
}

function dominantOf({ routes, requests }: StackEvidence): Dominant | undefined {
  const linked = routes.filter(
    ({ route, growthBytes }) => route !== undefined && growthBytes.low > 0 && requests(route) > 0,
  );
  const bytes = linked.reduce((sum, { growthBytes }) => sum + growthBytes.value, 0);
  const [growth] = linked.toSorted((a, b) => b.growthBytes.value - a.growthBytes.value);
  if (growth?.route === undefined || growth.newLiveSamples < LEAST_SAMPLES) return undefined;
  const share = growth.growthBytes.value / bytes;
  return share > DOMINANT_SHARE ? { route: growth.route, share, growth } : undefined;
}

/** What was judged to rise, at the share that another signal told. */
function charged(route: FusedRoute, { bytesPerSecond, seconds }: BesideInput): FusedRoute {
  const per = (bytes: number): number => (Math.max(0, bytes) * seconds * route.share) / route.requests;
  const { value, low, high } = bytesPerSecond;
  return { ...route, bytesPerRequest: { value: per(value), low: per(low), high: per(high) } };
}

/** Of routes that are alike to the floors, the one that stacks point at. */
function singledOut(
  { route, collinearWith, share }: RegressedRoute,
  fused: FusedRoute,
  dominant: Dominant | undefined,
  input: BesideInput,
): FusedRoute {
  const isTold = dominant !== undefined && [route, ...collinearWith].includes(dominant.route);
  if (collinearWith.length === 0 || !isTold || input.stacks === undefined) return fused;
  return byStacks(dominant, input.stacks, input, share);
}

/** That part of the growth, or the stubs' share of it at least. */
function byStacks(
  { route, share, growth }: Dominant,
  { requests }: StackEvidence,
  { bytesPerSecond, seconds }: BesideInput,
  part: number,
): FusedRoute {
  const per = (bytes: number): number => (part * Math.max(0, bytes) * seconds) / requests(route);
  return {
    index: route,
    bytesPerRequest: {
      value: per(bytesPerSecond.value),
      low: share * per(bytesPerSecond.low),
      high: per(bytesPerSecond.high),
    },
    share: part,
    evidence: growth.stackShare > 0 ? 'stack' : 'link',
    requests: requests(route),
    collinearWith: [],
  };
}
