import { TidemarkError, type ErrorDetail } from '../base/errors.js';

/** One resolution of the history: `capacity` steps of `stepSeconds`. */
export interface Tier {
  readonly stepSeconds: number;
  readonly capacity: number;
}

/** 1 s for an hour, 10 s for six, a minute for a day: 7,200 rows, 4.2 MB for 24 series. */
const DEFAULT_TIERS: readonly [Tier, ...Tier[]] = [
  { stepSeconds: 1, capacity: 3600 },
  { stepSeconds: 10, capacity: 2160 },
  { stepSeconds: 60, capacity: 1440 },
];

/** The shortest interval a step can have: times are whole milliseconds. */
const MIN_STEP_SECONDS = 0.001;
/** A week of seconds; keeps a slip of the pen from asking for gigabytes. */
const MAX_CAPACITY = 604_800;

/**
 * The tiers to keep, finest first. The default's first step is the sampling interval; its capacity stays, so that a
 * shorter interval shortens the hour rather than costing more memory. Tiers finer than the interval would hold one
 * reading in several steps: they become one tier of the interval that reaches as far back as the longest of them.
 *
 * @throws TidemarkError `TIDEMARK_ERR_CONFIG_INVALID` naming every tier or interval that is not usable.
 */
export function resolveTiers(tiers: readonly Tier[] | undefined, intervalSeconds: number): readonly Tier[] {
  const details = faults(tiers, intervalSeconds);
  if (details.length > 0) throw new TidemarkError('TIDEMARK_ERR_CONFIG_INVALID', { details });
  const sorted = [...(tiers ?? defaultTiers(intervalSeconds))].sort((a, b) => a.stepSeconds - b.stepSeconds);
  const coarse = sorted.filter(({ stepSeconds }) => stepSeconds >= intervalSeconds);
  const fine = sorted.filter(({ stepSeconds }) => stepSeconds < intervalSeconds);
  if (fine.length === 0) return coarse;
  const reachSeconds = Math.max(...fine.map(({ stepSeconds, capacity }) => stepSeconds * capacity));
  const raised = { stepSeconds: intervalSeconds, capacity: Math.ceil(reachSeconds / intervalSeconds) };
  const [first, ...others] = coarse;
  if (first?.stepSeconds !== intervalSeconds) return [raised, ...coarse];
  return [{ ...first, capacity: Math.max(first.capacity, raised.capacity) }, ...others];
}

function defaultTiers(intervalSeconds: number): readonly Tier[] {
  const [first, ...others] = DEFAULT_TIERS;
  return [{ ...first, stepSeconds: Math.min(first.stepSeconds, intervalSeconds) }, ...others];
}

function faults(tiers: readonly Tier[] | undefined, intervalSeconds: number): ErrorDetail[] {
  const details: ErrorDetail[] = [];
  const check = (path: string, value: number, expected: string, valid: boolean): void => {
    if (!valid) details.push({ path, message: `must be ${expected}`, value, expected });
  };
  const isStep = (seconds: number): boolean => seconds >= MIN_STEP_SECONDS && Number.isFinite(seconds);
  const step = `a number of seconds from ${MIN_STEP_SECONDS}`;
  check('history.intervalSeconds', intervalSeconds, step, isStep(intervalSeconds));
  if (tiers?.length === 0) check('history.tiers', 0, 'one tier or more', false);
  for (const [i, { stepSeconds, capacity }] of (tiers ?? []).entries()) {
    check(`history.tiers[${i}].stepSeconds`, stepSeconds, step, isStep(stepSeconds));
    const isCapacity = Number.isInteger(capacity) && capacity >= 1 && capacity <= MAX_CAPACITY;
    check(`history.tiers[${i}].capacity`, capacity, `a whole number from 1 to ${MAX_CAPACITY}`, isCapacity);
  }
  return details;
}
