import { byFloor, type AttributedRoute } from './attributed-route.js';
import type { RegressedRoute } from './regressed-route.js';
import type { NoRegression, RouteRegression } from './route-regression.js';
import type { RetainedEvidence, RouteGrowth } from './window-attribution.js';
import type { Estimate } from '../verdict.js';

type Regression = RouteRegression | NoRegression | undefined;

export interface OffHeapInput {
  /** Growth of the judged signal. */
  readonly bytesPerSecond: Estimate;
  /** Length of the judged span. */
  readonly seconds: number;
  readonly retained: RetainedEvidence | undefined;
  /** Regression of the judged signal. */
  readonly regression: Regression;
  /** Regression of the other signal outside the heap: a zlib stream, for example, has buffers and native memory. */
  readonly other: Regression;
}

/** Fewer survivors name no route; wrapper objects are small and leave few. */
const LEAST_SAMPLES = 8;
/** Share of the growth linked to routes that singles one out; the size of wrappers says nothing about what they hold. */
const DOMINANT_SHARE = 0.5;
/** Share of the judged growth that the other signal must have gained to be more than noise. */
const LEAST_GAIN = 0.02;

/**
 * Routes behind growth outside the heap, where the heap holds wrapper objects at most. The floors of either signal decide;
 * windows choose among routes that the floors cannot distinguish, and name a route only where the floors name none.
 */
export function attributeOffHeap(input: OffHeapInput): AttributedRoute[] {
  const { regression, other, retained } = input;
  const dominant = retained && dominantOf(retained);
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
  if (dominant === undefined || retained === undefined) return open.map(byFloor);
  const isOpen = ({ route, collinearWith }: RegressedRoute): boolean =>
    [route, ...collinearWith].includes(dominant.route);
  if (isClock || (open.length > 0 && !open.some(isOpen))) return [];
  return [byWindows(dominant, retained, input, 1)];
}

function sureOf(regression: Regression): readonly RegressedRoute[] {
  return regression?.kind === 'regression' ? regression.routes.filter(({ isSure }) => isSure) : [];
}

interface Dominant {
  readonly route: number;
  readonly share: number;
  readonly growth: RouteGrowth;
}

function dominantOf({ routes, outsideBytes, requests }: RetainedEvidence): Dominant | undefined {
  const linked = routes.filter(
    ({ route, growthBytes }) => route !== undefined && growthBytes.low > 0 && requests(route) > 0,
  );
  const bytes = linked.reduce((sum, { growthBytes }) => sum + growthBytes.value, 0);
  const [growth] = linked.toSorted((a, b) => b.growthBytes.value - a.growthBytes.value);
  if (growth?.route === undefined || growth.samples < LEAST_SAMPLES) return undefined;
  const share = growth.growthBytes.value / (bytes + outsideBytes);
  return share > DOMINANT_SHARE ? { route: growth.route, share, growth } : undefined;
}

/** The growth of the judged signal, shared out by the shares of the other signal. */
function charged(route: AttributedRoute, { bytesPerSecond, seconds }: OffHeapInput): AttributedRoute {
  const per = (bytes: number): number => (Math.max(0, bytes) * seconds * route.share) / route.requests;
  const { value, low, high } = bytesPerSecond;
  return { ...route, bytesPerRequest: { value: per(value), low: per(low), high: per(high) } };
}

/** Among routes that the floors cannot distinguish, the one that windows name. */
function singledOut(
  { route, collinearWith, share }: RegressedRoute,
  fused: AttributedRoute,
  dominant: Dominant | undefined,
  input: OffHeapInput,
): AttributedRoute {
  const isNamed = dominant !== undefined && [route, ...collinearWith].includes(dominant.route);
  if (collinearWith.length === 0 || !isNamed || input.retained === undefined) return fused;
  return byWindows(dominant, input.retained, input, share);
}

/** `part` of the growth; at least the route's share of the wrappers. */
function byWindows(
  { route, share }: Dominant,
  { requests }: RetainedEvidence,
  { bytesPerSecond, seconds }: OffHeapInput,
  part: number,
): AttributedRoute {
  const per = (bytes: number): number => (part * Math.max(0, bytes) * seconds) / requests(route);
  return {
    index: route,
    bytesPerRequest: {
      value: per(bytesPerSecond.value),
      low: share * per(bytesPerSecond.low),
      high: per(bytesPerSecond.high),
    },
    share: part,
    evidence: 'window',
    requests: requests(route),
    collinearWith: [],
  };
}
