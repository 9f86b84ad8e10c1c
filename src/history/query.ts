import type { Ring } from './ring.js';

/** The part of the history to read. Times are epoch milliseconds; a bound that is absent or not finite does not apply. */
export interface HistoryQuery {
  readonly from?: number;
  readonly to?: number;
  /** The step of the answer; rounded up to a multiple of the tier's step. */
  readonly stepSeconds?: number;
  /** Names; unknown ones are left out. */
  readonly series?: readonly string[];
  /** The step is increased until there are no more points than this; at least 2. */
  readonly maxPoints?: number;
}

/** One series, a value for each of the result's times; `null` where nothing was read. */
export interface HistorySeries {
  readonly min: (number | null)[];
  readonly max: (number | null)[];
  readonly last: (number | null)[];
}

export interface HistoryResult {
  /** The tier that served it. */
  readonly tier: { readonly stepSeconds: number };
  readonly stepSeconds: number;
  /** The range covered, epoch milliseconds: from the start of the first step to the end asked for or the newest row. */
  readonly from: number;
  readonly to: number;
  /** The start of each step, epoch milliseconds: evenly spaced, steps without a reading included. */
  readonly times: number[];
  readonly series: Readonly<Record<string, HistorySeries>>;
  /** How often recording was interrupted, in steps of the tier; several missing steps in a row are one gap. */
  readonly gaps: number;
}

/** Beyond any range of dates, and small enough for exact division. */
const MAX_STEP_MS = 1e15;

const finiteOr = (value: number | undefined, otherwise: number): number =>
  value !== undefined && Number.isFinite(value) ? value : otherwise;

/**
 * Answers from the finest tier that still holds the whole range, or the most of it. A range that is empty, reversed or
 * unknown gives no times.
 */
export function queryRings(
  rings: readonly Ring[],
  names: readonly string[],
  query: HistoryQuery,
): HistoryResult {
  const reach = Math.min(...rings.map(firstKnown));
  const from = finiteOr(query.from, reach);
  const to = finiteOr(query.to, Infinity);
  const ring = tierFor(rings, Math.max(from, reach));
  const range = rowsBetween(ring, from, to);
  const chosen = names.flatMap((name, index) =>
    query.series?.includes(name) === false ? [] : [{ name, index }],
  );
  if (range === undefined) return emptyResult(ring, chosen, { from, to });
  const stepMs = answerStep(range, ring.stepMs, query);
  const first = floorTo(range.start, stepMs);
  const count = pointsAt(range, stepMs);
  const times = Array.from({ length: count }, (_, i) => first + i * stepMs);
  const points = pointOfRow(ring, range, first, stepMs);
  return {
    tier: { stepSeconds: ring.stepMs / 1000 },
    stepSeconds: stepMs / 1000,
    from: first,
    to: Math.max(Math.min(to, range.end + ring.stepMs), first),
    times,
    series: Object.fromEntries(
      chosen.map(({ name, index }) => [name, aggregate(ring, range.low, index, count, points)]),
    ),
    gaps: countGaps(ring, range),
  };
}

/**
 * The time from which a ring is complete; −∞ if it still holds everything. A ring reaches back at most its capacity in
 * steps, so that a jump of the clock cannot produce years of empty steps.
 */
function knownFrom(ring: Ring): number {
  const reach = ring.newest - (ring.capacity - 1) * ring.stepMs;
  if (ring.overwritten) return Math.max(ring.oldest, reach);
  return ring.oldest < reach ? reach : -Infinity;
}

/** The start of the first row that a ring can show; ∞ if it is empty. */
function firstKnown(ring: Ring): number {
  const from = knownFrom(ring);
  let ordinal = 0;
  while (ordinal < ring.size && ring.time(ring.slot(ordinal)) < from) ordinal++;
  return ordinal < ring.size ? ring.time(ring.slot(ordinal)) : Infinity;
}

/**
 * The finest ring that holds the range but for its oldest step: "the last hour" is asked of an hour of seconds while one
 * more second is in progress. There always is one, because the range begins where some ring does.
 */
function tierFor(rings: readonly Ring[], from: number): Ring {
  return rings.find((ring) => knownFrom(ring) <= from + ring.stepMs)!;
}

/** Rows by ordinal, both included, and the start of the first and the last. */
interface RowRange {
  readonly low: number;
  readonly high: number;
  readonly start: number;
  readonly end: number;
}

function rowsBetween(ring: Ring, from: number, to: number): RowRange | undefined {
  if (from > to) return undefined;
  const earliest = Math.max(knownFrom(ring), floorTo(from, ring.stepMs));
  let low = 0;
  while (low < ring.size && ring.time(ring.slot(low)) < earliest) low++;
  let high = ring.size - 1;
  while (high >= low && ring.time(ring.slot(high)) > to) high--;
  if (high < low) return undefined;
  return { low, high, start: ring.time(ring.slot(low)), end: ring.time(ring.slot(high)) };
}

function floorTo(time: number, stepMs: number): number {
  return Math.floor(time / stepMs) * stepMs;
}

function pointsAt({ start, end }: RowRange, stepMs: number): number {
  return Math.floor(end / stepMs) - Math.floor(start / stepMs) + 1;
}

function answerStep(range: RowRange, tierStepMs: number, query: HistoryQuery): number {
  const wholeSteps = (ms: number): number =>
    Math.max(Math.ceil(Math.min(ms, MAX_STEP_MS) / tierStepMs), 1) * tierStepMs;
  let stepMs = wholeSteps(finiteOr(query.stepSeconds, 0) * 1000);
  const maxPoints = Math.max(Math.floor(finiteOr(query.maxPoints, Infinity)), 2);
  if (pointsAt(range, stepMs) <= maxPoints) return stepMs;
  stepMs = Math.max(stepMs, wholeSteps((range.end - range.start + tierStepMs) / maxPoints));
  // Steps begin at whole multiples of themselves, so the range may still touch one more than it is long.
  while (pointsAt(range, stepMs) > maxPoints) stepMs += tierStepMs;
  return stepMs;
}

/** For each row of the range, the ordinal of the point it belongs to. */
function pointOfRow(ring: Ring, { low, high }: RowRange, first: number, stepMs: number): Uint32Array {
  const points = new Uint32Array(high - low + 1);
  for (let i = 0; i < points.length; i++)
    points[i] = Math.floor((ring.time(ring.slot(low + i)) - first) / stepMs);
  return points;
}

function aggregate(
  ring: Ring,
  low: number,
  series: number,
  count: number,
  points: Uint32Array,
): HistorySeries {
  const nulls = (): (number | null)[] => Array.from<number | null>({ length: count }).fill(null);
  const [min, max, last] = [nulls(), nulls(), nulls()];
  for (let row = 0; row < points.length; row++) {
    const slot = ring.slot(low + row);
    const least = ring.min(series, slot);
    if (Number.isNaN(least)) continue;
    const i = points[row]!;
    min[i] = Math.min(min[i] ?? Infinity, least);
    max[i] = Math.max(max[i] ?? -Infinity, ring.max(series, slot));
    last[i] = ring.last(series, slot);
  }
  return { min, max, last };
}

function countGaps(ring: Ring, { low, high }: RowRange): number {
  let gaps = 0;
  for (let ordinal = low + 1; ordinal <= high; ordinal++) {
    if (ring.time(ring.slot(ordinal)) - ring.time(ring.slot(ordinal - 1)) > ring.stepMs) gaps++;
  }
  return gaps;
}

function emptyResult(
  ring: Ring,
  chosen: readonly { readonly name: string }[],
  { from, to }: { readonly from: number; readonly to: number },
): HistoryResult {
  const start = finiteOr(from, finiteOr(to, 0));
  return {
    tier: { stepSeconds: ring.stepMs / 1000 },
    stepSeconds: ring.stepMs / 1000,
    from: start,
    to: finiteOr(to, start),
    times: [],
    series: Object.fromEntries(chosen.map(({ name }) => [name, { min: [], max: [], last: [] }])),
    gaps: 0,
  };
}
