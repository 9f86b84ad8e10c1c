/** One resolution of the history: `capacity` steps of `stepSeconds`. */
export interface Tier {
  readonly stepSeconds: number;
  readonly capacity: number;
}

/** 1 s for an hour, 10 s for six, a minute for a day: 7,200 rows, 4.2 MB for 24 series. */
const TIERS: readonly Tier[] = [
  { stepSeconds: 1, capacity: 3600 },
  { stepSeconds: 10, capacity: 2160 },
  { stepSeconds: 60, capacity: 1440 },
];

/**
 * The tiers for a sampling interval, finest first. An interval below a second becomes the step of the first tier, whose
 * capacity stays: the hour gets shorter, the memory does not grow. Tiers finer than the interval would hold one reading
 * in several steps: one tier of the interval that reaches as far back replaces them.
 */
export function tiersFor(intervalSeconds: number): readonly Tier[] {
  const tiers = TIERS.map((tier, i) =>
    i === 0 ? { ...tier, stepSeconds: Math.min(tier.stepSeconds, intervalSeconds) } : tier,
  );
  const coarse = tiers.filter(({ stepSeconds }) => stepSeconds >= intervalSeconds);
  const fine = tiers.filter(({ stepSeconds }) => stepSeconds < intervalSeconds);
  if (fine.length === 0) return coarse;
  const reachSeconds = Math.max(...fine.map(({ stepSeconds, capacity }) => stepSeconds * capacity));
  const raised = { stepSeconds: intervalSeconds, capacity: Math.ceil(reachSeconds / intervalSeconds) };
  const [first, ...others] = coarse;
  if (first?.stepSeconds !== intervalSeconds) return [raised, ...coarse];
  return [{ ...first, capacity: Math.max(first.capacity, raised.capacity) }, ...others];
}
