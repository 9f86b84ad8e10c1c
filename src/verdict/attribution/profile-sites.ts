import type { Clock } from '../../base/clock.js';
import type { SiteGrowth } from '../../profile/growth.js';
import type { LiveProfile } from '../../profile/live-profile.js';
import type { Reading } from '../../profile/reading.js';
import type { FloorPoint } from '../floors/floor-series.js';
import type { Rising } from '../verdict.js';

export interface ProfileSources {
  readonly clock: Clock;
  readonly profile: Pick<LiveProfile, 'readings' | 'latest' | 'growthSince'>;
  readonly points: () => readonly FloorPoint[];
}

/** Growth during a rise in the always-on profile, between two readings of one sampling. */
export interface GrownSites {
  readonly since: Reading;
  readonly latest: Reading;
  readonly sites: readonly SiteGrowth[];
}

/** Returns `known` while the readings are unchanged, or if no two of them belong to one sampling. */
export function grownSites(
  { clock, profile, points }: ProfileSources,
  judgement: Rising,
  known: GrownSites | undefined,
): GrownSites | undefined {
  const latest = profile.latest();
  const since = latest && startOf(comparable(profile.readings, latest), judgement, clock);
  if (latest === undefined || since === undefined || since === latest) return known;
  if (known?.latest === latest && known.since === since) return known;
  const growth = profile.growthSince(since, mostGrowthBytes(judgement, [since, latest], points(), clock));
  return growth === undefined ? known : { latest, since, sites: growth.sites };
}

/** The last reading that is not younger than the window; sampled growth needs readings on both of its sides. */
function startOf(
  readings: readonly Reading[],
  { window: { fromMs } }: Rising,
  clock: Clock,
): Reading | undefined {
  const slackMs = 2_000;
  // Converted with the current offset of the wall clock, as for windows: the clock may have been set since.
  const startMs = fromMs + slackMs - (clock.wall() - clock.monotonic());
  return readings.findLast((one) => one.monotonicMs <= startMs) ?? readings[0];
}

/** Floors and sampled sums both have errors: sampled growth up to this factor above the rise is plausible. */
const EXCESS = 2;

/** Upper bound of the heap growth between two readings, from the floors; unknown if another signal rises. */
function mostGrowthBytes(
  { signal, growth: { bytesPerSecond } }: Rising,
  [from, to]: readonly [Reading, Reading],
  points: readonly FloorPoint[],
  clock: Clock,
): number | undefined {
  if (signal !== 'heap-floor') return undefined;
  const [first, last] = [from, to].map(({ monotonicMs }) =>
    // By the current wall clock, as floors are.
    floorAt(points, monotonicMs + clock.wall() - clock.monotonic()),
  );
  const risenBytes = first && last ? last.heapBytes - first.heapBytes : 0;
  const seconds = (to.monotonicMs - from.monotonicMs) / 1000;
  return EXCESS * Math.max(risenBytes, bytesPerSecond.high * seconds);
}

function floorAt(points: readonly FloorPoint[], atMs: number): FloorPoint | undefined {
  return points.toSorted((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs))[0];
}

/** Readings of the same sampling: compared with another one, all live memory would count as growth. */
function comparable(readings: readonly Reading[], latest: Reading): readonly Reading[] {
  return readings.filter((one) => one.mark.epoch === latest.mark.epoch);
}
