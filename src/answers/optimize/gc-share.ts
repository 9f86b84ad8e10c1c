import type { Recent } from '../report/recent.js';

/** Share of the time that GC pauses took, 0 to 1; undefined over too short a time to say. */
export function gcShareOf(recent: Recent | undefined): number | undefined {
  if (recent === undefined || recent.seconds < 10) return undefined;
  return Math.min(1, recent.gcPauseSeconds / recent.seconds);
}
